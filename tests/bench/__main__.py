"""`python -m tests.bench NAME` measures one thing; `--list` says what there is."""

import argparse
import importlib
import inspect
import pkgutil
import sys
from types import ModuleType

import tests.bench


def benches() -> dict[str, ModuleType]:
    """Every module here that has a NAME and can `run`."""
    found = {}
    for module in pkgutil.iter_modules(tests.bench.__path__):
        if module.name.startswith("_"):
            continue
        bench = importlib.import_module(f"tests.bench.{module.name}")
        if hasattr(bench, "NAME"):
            found[bench.NAME] = bench
    return found


def main() -> int:
    """Run the bench that was asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("name", nargs="?", metavar="NAME")
    parser.add_argument("--list", action="store_true", help="say what there is")
    parser.add_argument("--visits", type=int, metavar="N", help="over how many visits, where a bench makes them")
    parser.add_argument(
        "--sizes", type=int, nargs="+", metavar="N", help="over how many visits in turn, where a bench draws a curve"
    )
    args = parser.parse_args()
    known = benches()
    if args.list or args.name not in known:
        for name, bench in sorted(known.items()):
            print(f"{name:18} {(bench.__doc__ or '').splitlines()[0]}")
        return 0 if args.list else 2
    bench = known[args.name]
    asked = {name: value for name in ("visits", "sizes") if (value := getattr(args, name))}
    for name in asked.keys() - inspect.signature(bench.run).parameters.keys():
        parser.error(f"{args.name} takes no --{name}")
    bench.run(**asked)
    return 0


if __name__ == "__main__":
    sys.exit(main())
