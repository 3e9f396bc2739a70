"""Text messages and e-mails to people and to bodies outside: queued, sent by gateways, followed until delivered."""
