"""The demonstration behind `make run`: embedded servers, their supervision, and a sample company. Never used in production."""
