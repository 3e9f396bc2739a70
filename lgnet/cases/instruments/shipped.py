"""The instruments that come with the platform, in `data`, and what each is for."""

from lgnet.cases.codes import AssessmentKind

SHIPPED = {
    "preliminary": AssessmentKind.PRELIMINARY,
    "in_depth": AssessmentKind.IN_DEPTH,
    "ten_domains": AssessmentKind.SCALE,
    "ethos": AssessmentKind.SCREENING,
    "vulnerability": AssessmentKind.SCREENING,
    "safety": AssessmentKind.SCREENING,
}
