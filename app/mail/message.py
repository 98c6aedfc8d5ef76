"""Writes the message that travels: who it is from, to whom, and the same words as text and as HTML."""

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from app.models import Mail, Network, Person
from app.settings import Settings
from app.words import choose

LINES = SMTP.clone(cte_type="7bit")  # for every server there is: nothing above ASCII on the way
LINES_UTF8 = LINES.clone(utf8=True)  # for the few addresses that need SMTPUTF8


def sender_address(settings: Settings) -> str:
    """The bare address that mails come from, and that bounces go to."""
    return parseaddr(settings.mail_from)[1]


def recipient_address(person: Person) -> str:
    """The person's address as a mail server takes it: a domain in letters of its own in its ASCII form."""
    name, _, domain = person.email.rpartition("@")
    return f"{name}@{domain if domain.isascii() else domain.encode('idna').decode()}"


def compose(settings: Settings, mail: Mail, person: Person, network: Network, now: datetime) -> EmailMessage:
    """The message, from the network by its name in the person's language; answers go to the network."""
    recipient = recipient_address(person)
    message = EmailMessage(LINES if recipient.isascii() else LINES_UTF8)
    name = " ".join(choose(network.names, [person.language]).text.split())
    message["From"] = Address(name, addr_spec=sender_address(settings))
    message["Reply-To"] = network.contact_email
    message["To"] = recipient
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = mail.message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.body)
    if mail.html:
        message.add_alternative(mail.html, subtype="html")
    return message
