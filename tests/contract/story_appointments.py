"""What happens to appointments, told once for the story of a desk's life."""

from balcao.appointments import actions as appointments
from balcao.appointments.models import Step
from balcao.people.models import User
from balcao.policy.booking import Mode
from tests import cast
from tests import cast_appointments as made
from tests.cast import NOW, YEAR, Customer, acting
from tests.cast_appointments import HOUR, SLOT


def tell_of_appointments(word: str) -> None:
    """Offered, taken back, booked, moved, called off, missed; and somebody comes and learns."""
    agent, sales = cast.an_agent(name=word), made.a_seller(name=word)
    customer = cast.a_customer(name=word)
    ticket = cast.a_ticket(customer, subject=word, body=word)
    made.with_hours(agent)
    appointments.make_feed(actor=acting(agent), now=NOW)
    appointments.drop_feed(actor=acting(agent), now=NOW)
    offer = made.an_offer(ticket, agent, seller=sales)
    appointments.withdraw_offer(actor=acting(sales), now=NOW, offer_id=offer.pk)
    link = f"https://{word}.example/1"
    row = made.a_booking(ticket, agent, mode=Mode.MEETING, provider=word, link=link)
    actor, begins = customer.actor, SLOT + HOUR
    appointments.reschedule(actor=actor, now=NOW, appointment_id=row.pk, begins=begins)
    appointments.cancel(actor=actor, now=NOW, appointment_id=row.pk)
    row = made.a_booking(ticket, agent)
    appointments.remind(SLOT)
    _come(word, row.pk, agent, customer)
    missed = made.a_booking(cast.a_ticket(customer, subject=word, body=word), agent)
    appointments.miss(actor=acting(agent), now=SLOT + HOUR, appointment_id=missed.pk)
    appointments.forget_words(SLOT + 6 * YEAR)


def _come(word: str, pk: int, agent: User, customer: Customer) -> None:
    """Steps are written down, somebody comes, and says what is clear."""
    who = acting(agent)
    appointments.set_steps(actor=who, now=NOW, appointment_id=pk, texts=[word, word])
    steps = tuple(Step.objects.filter(appointment=pk).values_list("pk", flat=True))
    appointments.attend(actor=who, now=SLOT, appointment_id=pk, done=steps)
    appointments.confirm_steps(
        actor=customer.actor, now=SLOT, appointment_id=pk, steps=steps, doubts=word
    )
