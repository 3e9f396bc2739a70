"""Addresses of referrals and cases."""

from django.urls import path

from lgnet.cases.views import after, cases, instruments, referrals, waiting, work

urlpatterns = [
    path("referrals", referrals.referral_list, name="referral_list"),
    path("referrals/new", referrals.referral_new, name="referral_new"),
    path("referrals/<uuid:pk>", referrals.referral_detail, name="referral_detail"),
    path("referrals/<uuid:pk>/accept", referrals.referral_accept, name="referral_accept"),
    path("referrals/<uuid:pk>/refuse", referrals.referral_refuse, name="referral_refuse"),
    path("referrals/<uuid:pk>/arrived", referrals.referral_arrived, name="referral_arrived"),
    path("referrals/<uuid:pk>/withdraw", referrals.referral_withdraw, name="referral_withdraw"),
    path("referrals/<uuid:pk>/card", referrals.referral_card, name="referral_card"),
    path("cases", cases.case_list, name="case_list"),
    path("cases/new", cases.case_new, name="case_new"),
    path("cases/<uuid:pk>", cases.case_detail, name="case_detail"),
    path("cases/<uuid:pk>/team", cases.case_team, name="case_team"),
    path("cases/<uuid:pk>/assessment", work.assessment_new, name="assessment_new"),
    path("cases/<uuid:pk>/assess", instruments.sheet_new, name="sheet_new"),
    path("assessments/<uuid:pk>", instruments.sheet_detail, name="sheet_detail"),
    path("assessments/<uuid:pk>/edit", instruments.sheet_edit, name="sheet_edit"),
    path("assessments/<uuid:pk>/finish", instruments.sheet_finish, name="sheet_finish"),
    path("assessments/<uuid:pk>/review", instruments.sheet_review, name="sheet_review"),
    path("cases/<uuid:pk>/again", after.case_reopen, name="case_reopen"),
    path("cases/<uuid:pk>/helpfulness", after.helpfulness_edit, name="helpfulness_edit"),
    path("follow-ups", after.follow_up_list, name="follow_up_list"),
    path("follow-ups/<uuid:pk>", after.follow_up, name="follow_up"),
    path("waiting", waiting.waiting_list, name="waiting_list"),
    path("waiting/limits", waiting.wait_limits, name="wait_limits"),
    path("waiting/<uuid:pk>/<slug:step>", waiting.wait_cause, name="wait_cause"),
    path("instruments", instruments.instrument_list, name="instrument_list"),
    path("instruments/new", instruments.instrument_new, name="instrument_new"),
    path("instruments/<uuid:pk>", instruments.instrument_detail, name="instrument_detail"),
    path("instruments/<uuid:pk>/withdraw", instruments.version_withdraw, name="version_withdraw"),
    path("cases/<uuid:pk>/plan", work.plan_edit, name="plan_edit"),
    path("cases/<uuid:pk>/service", work.service_new, name="service_new"),
    path("cases/<uuid:pk>/close", cases.case_close, name="case_close"),
    path("plans/<uuid:pk>/sign", work.plan_sign, name="plan_sign"),
    path("plans/<uuid:pk>/print", work.plan_print, name="plan_print"),
    path("goals/<uuid:pk>/status", work.goal_status, name="goal_status"),
]
