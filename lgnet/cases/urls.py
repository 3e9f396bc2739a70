"""Addresses of referrals and cases, and of the links by which bodies outside answer."""

from django.urls import path

from lgnet.cases.views import answer_links, cases, receivers, referral_detail, referrals, work

urlpatterns = [
    path("referrals", referrals.referral_list, name="referral_list"),
    path("referrals/new", referrals.referral_new, name="referral_new"),
    path("referrals/receivers", receivers.receiver_list, name="receiver_list"),
    path("referrals/receivers/new", receivers.receiver_new, name="receiver_new"),
    path("referrals/receivers/<uuid:pk>", receivers.receiver_edit, name="receiver_edit"),
    path("referrals/<uuid:pk>", referral_detail.referral_detail, name="referral_detail"),
    path("referrals/<uuid:pk>/seen", referral_detail.referral_seen, name="referral_seen"),
    path("referrals/<uuid:pk>/accept", referral_detail.referral_accept, name="referral_accept"),
    path("referrals/<uuid:pk>/refuse", referral_detail.referral_refuse, name="referral_refuse"),
    path("referrals/<uuid:pk>/arrived", referral_detail.referral_arrived, name="referral_arrived"),
    path("referrals/<uuid:pk>/not-arrived", referral_detail.referral_not_arrived, name="referral_not_arrived"),
    path("referrals/<uuid:pk>/reopen", referral_detail.referral_reopen, name="referral_reopen"),
    path("referrals/<uuid:pk>/close", referral_detail.referral_close, name="referral_close"),
    path("referrals/<uuid:pk>/withdraw", referral_detail.referral_withdraw, name="referral_withdraw"),
    path("referrals/<uuid:pk>/note", referral_detail.referral_note, name="referral_note"),
    path("referrals/<uuid:pk>/card", referrals.referral_card, name="referral_card"),
    path("referrals/<uuid:pk>/link", referrals.referral_link, name="referral_link"),
    path("referrals/<uuid:pk>/link/stop", referrals.referral_link_stop, name="referral_link_stop"),
    path("answer/<str:token>", answer_links.answer_link, name="answer_link"),
    path("answer/<str:token>/note", answer_links.answer_link_note, name="answer_link_note"),
    path("answer/<str:token>/read", answer_links.answer_link_read, name="answer_link_read"),
    path("answer/<str:token>/<slug:act>", answer_links.answer_link_act, name="answer_link_act"),
    path("cases", cases.case_list, name="case_list"),
    path("cases/new", cases.case_new, name="case_new"),
    path("cases/<uuid:pk>", cases.case_detail, name="case_detail"),
    path("cases/<uuid:pk>/team", cases.case_team, name="case_team"),
    path("cases/<uuid:pk>/assessment", work.assessment_new, name="assessment_new"),
    path("cases/<uuid:pk>/plan", work.plan_edit, name="plan_edit"),
    path("cases/<uuid:pk>/service", work.service_new, name="service_new"),
    path("cases/<uuid:pk>/close", cases.case_close, name="case_close"),
    path("plans/<uuid:pk>/sign", work.plan_sign, name="plan_sign"),
    path("plans/<uuid:pk>/print", work.plan_print, name="plan_print"),
    path("goals/<uuid:pk>/status", work.goal_status, name="goal_status"),
]
