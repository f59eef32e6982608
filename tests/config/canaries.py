"""One secret for each way in which something may get into an error's report."""

CANARIES = {
    "local variable": "access-sandbox-11111111-0d4a-4c55-9e1b-2f6a7c8d9e0f",
    "nested local": "sk_live_22222222222222222222",
    "breadcrumb": "canary-3@northwind.example",
    "statement": "Acme Payroll four",
    "log argument": "1000.55555555555555555555555555555555.55555555555555555555555555555555",
    "extra": "canary-six-of-an-extra",
    "error text": "whsec_77777777777777777777",
    "query": "canary-eight-of-a-query",
    "body": "canary-nine-of-a-body",
    "header": "canary-ten-of-a-header",
    "cookie": "canary-eleven-of-a-cookie",
}
