"""Texts that the scripts of the street app show, by the names they use; `{n}` and the like are filled in there."""

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_TEXTS: dict[str, str | Promise] = {
    # the status line
    "no_signal": _("No signal"),
    "nothing_unsent": _("Nothing to send"),
    "all_sent": _("All sent at {at}"),
    "unsent": _("{n} to send"),
    "unsent_one": _("1 to send"),
    "sending": _("Sending {n}…"),
    "sending_one": _("Sending 1…"),
    "to_mend": _("{n} need you"),
    "to_mend_one": _("1 needs you"),
    # the form
    "choose_zone": _("Choose the zone"),
    "now": _("now"),
    "nobody_found": _("Nobody on this phone is called like this."),
    "last_met": _("last met on {day}, {zone}"),
    "somebody_with_card": _("somebody with a card"),
    "somebody": _("Somebody unknown"),
    "group_of": _("group of {n}"),
    "need_zone": _("Choose the zone."),
    "need_nickname": _("Write what the person is called, or choose “Somebody unknown”."),
    "need_earlier": _("Choose whom you met, or choose “Somebody unknown”."),
    "need_person": _("Search and choose the person, or choose “Somebody unknown”."),
    "need_group": _("How many people were there? A group is two or more."),
    "saved": _("Saved on the phone: {what}."),
    "undo": _("Take back"),
    "too_late": _("It was sent already: open the contact and correct it."),
    "built_on": _("Something later builds on it: open the contact and correct it."),
    "new_contact": _("New contact"),
    "record_contact": _("Record contact"),
    "correct_contact": _("Correct the contact"),
    "save_correction": _("Save the correction"),
    "corrected": _("Correction saved on the phone: {what}."),
    "nothing_changed": _("Nothing is different from what is recorded."),
    "full": _("The phone has no room left. What you recorded before is safe; this is still in the form. "
              "Delete photos or other files, then save again."),
    "not_saved": _("It could not be saved. It is still in the form: try again."),
    "draft_first": _("You were writing this: save it or discard it, then go on."),
    # the card
    "no_codes": _("There is no card code left on this phone: new ones come with the next signal."),
    "need_receiver": _("Choose where to send the person."),
    "group_card": _("To give a card to somebody of the group, record a contact for that person."),
    # pictures
    "picture": _("Picture"),
    "picture_of": _("Picture: {what}"),
    "picture_none": _("This is no picture that the phone can read. Take a photo, or choose a JPEG or PNG."),
    "picture_large": _("The picture is over 10 MB. Choose a smaller one, or take a photo here."),
    "picture_choose": _("Take a picture, or choose one."),
    "picture_consent": _("Without the person's consent no picture is kept."),
    "picture_back": _("The picture you had chosen is here, not saved yet."),
    "picture_saved": _("Picture saved on the phone. It is sent after its contact."),
    "picture_full": _("The phone has no room left for the picture. Your contacts are safe. "
                      "Delete photos or other files, then save it again."),
    "picture_delete": _("Delete the picture"),
    # lists
    "correction_of": _("Correction: {what}"),
    "card_of": _("Card: {what}"),
    "earlier_contact": _("an earlier contact"),
    "chosen_already": _("{by} chose at {at}. Nothing is left to do; it leaves this list within a day."),
    "met_again": _("Met again"),
    "state_unsent": _("to send"),
    "state_waiting": _("on the server, waits"),
    "state_applied": _("sent"),
    "state_conflict": _("sent, values to choose"),
    "state_refused": _("needs you"),
    "waiting_why": _("It builds on a contact that has not arrived yet. It goes on by itself."),
    "mend": _("Mend"),
    "send_again": _("Send again"),
    "on_page": _("Open its page"),
    "look": _("Look and choose"),
    "chosen_by": _("{by} chose a value of a contact at {at}"),
    "no_people": _("The people met are not on this phone now: they come back with the next signal. You can record."),
    # the way in
    "pin_short": _("Six digits or more."),
    "pin_easy": _("Too easy to guess: mix the digits."),
    "pin_differs": _("The two are not the same."),
    "pin_wait": _("Wait {seconds} seconds, then try again."),
    "pin_wrong": _("This is not the PIN. You can try {n} more times."),
    "pin_wrong_one": _("This is not the PIN. You can try once more."),
    "pin_dead": _("Too many wrong PINs. Nothing is lost: with signal, sign in and make a new PIN."),
    "key_wrong": _("The server has another key: what is here opens only with the PIN."),
    "no_unit": _("You are in no mobile unit today. Ask the coordinator to add you to one."),
    "sign_in": _("Sign in"),
    "confirm": _("Confirm that it is you"),
    # trouble
    "trouble_offline": _("There is no signal. Try again where there is."),
    "trouble_server": _("The server does not answer as it should. It is tried again; nothing is lost."),
    "trouble_other": _("Somebody else is signed in. What is on this phone is sent when whoever set it up signs in."),
    "trouble_start": _("The app did not start. Close it and open it again; what you recorded is still there."),
    "unsafe": _("This browser cannot encrypt what is recorded. Update it, or use another one."),
}  # fmt: skip


def words() -> dict[str, str | Promise]:
    """Every text, and the addresses where one signs in and comes back from."""
    back = f"?next={reverse('street_app')}"
    return _TEXTS | {
        "sign_in_url": reverse("account_login") + back, "confirm_url": reverse("account_reauthenticate") + back,
    }  # fmt: skip
