"""`python -m cli` is `carnet`, where no script of that name is installed."""

from cli.main import app

if __name__ == "__main__":
    app(prog_name="carnet")
