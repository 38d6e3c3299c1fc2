"""From mail to tickets: the rules that the connectors `gmail` and `imap` share.

    headers        header fields as they come: any case, repeated, encoded words
    addresses      who is named in them
    ours           which addresses are the team's, and who of it wrote
    automatic      people, auto-replies, bounces and bulk mail told apart
    letter         one mail, read
    conversations  letters that belong together: by References, not by subject alone
    status         what state a conversation is in, and since when
    records        a conversation as Ticket, Messages, Changes and people
    settings       the rules that can be changed

Everything here is pure; no file knows where a mail came from. The rules in words:
docs/connectors/mail.md. Why instants never depend on when a mail is read: docs/decisions/.
"""
