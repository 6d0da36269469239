"""`python -m benchmarks [start|web|evaluate|engine|stats]`: run all or some, print one table each."""

import sys

from benchmarks import engine, evaluate, start, stats, web

PARTS = {
    "start": start.main,
    "web": web.main,
    "evaluate": evaluate.main,
    "engine": engine.main,
    "stats": stats.main,
}


def main() -> None:
    chosen = sys.argv[1:] or list(PARTS)
    unknown = [name for name in chosen if name not in PARTS]
    if unknown:
        sys.exit(f"unknown benchmark {', '.join(unknown)}; choose from {', '.join(PARTS)}")
    for name in chosen:
        PARTS[name]()


if __name__ == "__main__":
    main()
