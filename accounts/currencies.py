"""The currencies that a workspace can lead its reports with, by ISO 4217 code. Accounts may be in any other."""

CURRENCIES = {
    "USD": "US dollar",
    "EUR": "Euro",
    "GBP": "Pound sterling",
    "AUD": "Australian dollar",
    "CAD": "Canadian dollar",
    "CHF": "Swiss franc",
    "CZK": "Czech koruna",
    "JPY": "Japanese yen",
    "SEK": "Swedish krona",
}
