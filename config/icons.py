"""Small line icons by name, as paths in a square of 16. They are decorative, so the words stand beside them."""

# White space on either side, which keeps it apart from words.
SVG = (
    '\n<svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">'
    '<path d="{}"/></svg>\n'
)
PATHS = {
    "overview": "M2.5 2.5h4.5v5h-4.5zM9 2.5h4.5v3h-4.5zM9 8h4.5v5.5h-4.5zM2.5 10h4.5v3.5h-4.5z",
    "start": "M4 14v-11.5M4 3h8.5l-2.5 3 2.5 3h-8.5",
    "cash": (
        "M1.5 4.5h13v7h-13zM8 6.3v3.4M9.2 7.1c-.9-.9-2.5-.6-2.4.3.1.9 2.5.4 2.5 1.4 0 .9-1.7 1-2.6.1M4 8v.1M12 8v.1"
    ),
    "transactions": "M2.5 4h1M6 4h7.5M2.5 8h1M6 8h7.5M2.5 12h1M6 12h7.5",
    "profit_and_loss": "M2.5 13.5h11M4 13.5v-4M8 13.5v-10.5M12 13.5v-7",
    "connections": (
        "M6.5 9.5l3-3M7 4.5l1.5-1.5a3.2 3.2 0 0 1 4.5 4.5l-1.5 1.5M9 11.5l-1.5 1.5a3.2 3.2 0 0 1-4.5-4.5l1.5-1.5"
    ),
    "receivables": "M8 2.5v6.5M5 6l3 3 3-3M2.5 9.5v4h11v-4",
    "payables": "M8 9v-6.5M5 5.5l3-3 3 3M2.5 9.5v4h11v-4",
    "invoices": "M3.5 2h6l3 3v9h-9zM9.5 2v3h3M6 8h4M6 11h4",
    "bills": "M3.5 2h9v12l-1.5-1-1.5 1-1.5-1-1.5 1-1.5-1-1.5 1zM6 5.5h4M6 8.5h4",
    "contacts": (
        "M3.5 2.5h9.5v11h-9.5zM2 5.5h1.5M2 10.5h1.5"
        "M8.3 7.6a1.4 1.4 0 1 0 0-2.8 1.4 1.4 0 0 0 0 2.8zM5.8 11c.3-1.4 1.2-2 2.5-2s2.2.6 2.5 2"
    ),
    "trial_balance": "M8 2.5v11M5 13.5h6M3 4.5h10M3 4.5l-1.7 4.5h3.4zM13 4.5l-1.7 4.5h3.4z",
    "bank": "M2 6.5l6-4 6 4zM3.5 6.5v5M6.5 6.5v5M9.5 6.5v5M12.5 6.5v5M2 13.5h12",
    "check": "M3 8.5l3.5 3.5 6.5-8",
    "alert": "M8 2.5l6 11h-12zM8 6.5v3.5M8 12v.1",
    "info": "M8 14a6 6 0 1 0 0-12 6 6 0 0 0 0 12zM8 7.5v3.5M8 5v.1",
    "close": "M4 4l8 8M12 4l-8 8",
    "search": "M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.5 10.5l3.5 3.5",
    "person": "M8 8a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6zM2.5 13.8c.6-2.5 2.7-3.8 5.5-3.8s4.9 1.3 5.5 3.8",
    "chevron": "M4 6l4 4 4-4",
    "log": "M3.5 2h9v12h-9zM6 5h4M6 8h4M6 11h2.5",
    "note": "M3 2.5h10v8l-3 3h-7zM5.5 6h5M5.5 9h3",
    "clock": "M8 14a6 6 0 1 0 0-12 6 6 0 0 0 0 12zM8 4.5v3.5l2.5 1.5",
    "download": "M8 2.5v7.5M4.5 7l3.5 3.5 3.5-3.5M2.5 13.5h11",
    "members": (
        "M6 7.5a2.4 2.4 0 1 0 0-4.8 2.4 2.4 0 0 0 0 4.8zM1.5 13c.4-2.3 2-3.6 4.5-3.6s4.1 1.3 4.5 3.6M10.5 "
        "7.4a2.2 2.2 0 1 0 0-4.4M12 9.6c1.5.5 2.3 1.7 2.5 3.4"
    ),
    "review": "M6 3h-2.5v11h9v-11h-2.5M6 1.8h4v2.4h-4zM5.8 8.8l1.6 1.6 2.8-3",
    "workspace": "M3 13.5v-11h7v11M10 6.5h3v7M1.5 13.5h13M5.2 5h2.6M5.2 8h2.6M5.2 11h2.6",
    "shield": "M8 1.8l5 1.8v4.2c0 3.1-2 5.2-5 6.4-3-1.2-5-3.3-5-6.4v-4.2zM5.8 8l1.6 1.6 2.9-3.2",
    "plus": "M8 3v10M3 8h10",
    "shown": (
        "M1.5 8c1.6-2.9 3.8-4.4 6.5-4.4s4.9 1.5 6.5 4.4c-1.6 2.9-3.8 4.4-6.5 4.4s-4.9-1.5-6.5-4.4zM8 10a2 2 0"
        " 1 0 0-4 2 2 0 0 0 0 4z"
    ),
    "blurred": (
        "M6 3.9a6.5 6.5 0 0 1 2-.3c2.7 0 4.9 1.5 6.5 4.4a10 10 0 0 1-1.7 2.3M4.2 4.8a9 9 0 0 0-2.7 3.2c1.6 "
        "2.9 3.8 4.4 6.5 4.4a6.3 6.3 0 0 0 3.2-.9M6.6 6.6a2 2 0 0 0 2.8 2.8M2.5 2.5l11 11"
    ),
}
ICONS = {name: SVG.format(path) for name, path in PATHS.items()}
