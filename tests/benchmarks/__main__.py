"""`python -m tests.benchmarks`: measures on servers of its own and prints. ROWS and REPEAT say how much; writes no file.

`--smoke` is the small run that the tests make too.
"""

import sys
from datetime import UTC, datetime

from tests.benchmarks.place import own_site, own_workplace
from tests.benchmarks.plan import SMOKE, BadPlan, read_plan


def main(arguments: list[str]) -> None:
    if arguments not in ([], ["--smoke"]):
        sys.exit("usage: python -m tests.benchmarks [--smoke]")
    try:
        plan = SMOKE if arguments else read_plan()
    except BadPlan as reason:
        sys.exit(str(reason))
    with own_workplace() as workplace, own_site(workplace) as site:
        from tests.benchmarks.report import draw_report
        from tests.benchmarks.run import run_benchmark

        results = run_benchmark(plan, workplace=workplace, site=site, today=datetime.now(UTC).date())
        print(draw_report(results), end="")


if __name__ == "__main__":
    main(sys.argv[1:])
