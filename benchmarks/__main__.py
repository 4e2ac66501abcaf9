"""`make bench`: every measurement, one after the other, each beside its budget. They need an idle machine."""

import subprocess
import sys

#: (what is measured, its budget, module and arguments)
_MEASUREMENTS = (
    ("每分钟打完的通话（每通 3 个问题，SQLite）", "≥ 6000；单个回调 p99 ≤ 200 ms", ("calls", "3000", "100", "2")),
    ("拨号节奏", "任何一秒不超限；用足 ≥ 98 %", ("pace",)),
    ("拨号途中强行结束进程", "漏打 0，重打 0", ("kills", "--people", "600", "--kills", "60")),
    ("导入十万人的名册", "≤ 60 s，≤ 500 MB", ("residents",)),
    ("聊天一轮", "p50 ≤ 30 ms；每秒 ≥ 60 条；≥ 默认流水线的 2.5 倍", ("chat_turns",)),
    ("政策问答", "文件 ≥ 90 %，段落 ≥ 85 %，拒答 ≥ 95 %", ("policy_questions", "--mistakes", "0")),
)


def main() -> int:
    """Run them all; return how many could not be measured."""
    failed = 0
    for title, budget, (module, *arguments) in _MEASUREMENTS:
        sys.stdout.write(f"\n== {title}　目标：{budget}\n")
        sys.stdout.flush()
        failed += (
            subprocess.run([sys.executable, "-m", f"benchmarks.{module}", *arguments], check=False).returncode != 0
        )
    return failed


if __name__ == "__main__":
    sys.exit(main())
