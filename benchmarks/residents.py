"""Residents from Excel: a workbook of 100,000 rows through the real command, twice; seconds and memory at most.

`python -m benchmarks.residents [ROWS]`.
"""

import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import xlsxwriter

_HEADER = (
    "序号",
    "姓名",
    "性别",
    "年龄",
    "联系电话",
    "家庭住址",
    "网格",
    "标签",
    "紧急联系人",
    "联系人电话",
    "与老人关系",
)
_FAMILY = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许"
_GIVEN = "建国秀英桂兰志强玉梅淑珍德明文华春花"


def main() -> None:
    """Print how long an import takes, and how long the same list again."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "residents.xlsx"
        _write_list(path, rows)
        for what in ("new", "again"):
            seconds = _import(path, Path(folder) / "data")
            peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
            print(
                f"{rows} residents from Excel, {what}: {seconds:.1f} s (budget 60), {peak:.0f} MB at most (budget 500)"
            )


def _import(path: Path, data: Path) -> float:
    environment = {**os.environ, "SHOUWANG_DATA_DIR": str(data), "SHOUWANG_DATABASE_URL": ""}
    start = time.perf_counter()
    command = [sys.executable, "-m", "shouwang", "residents", "import", str(path)]
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def _write_list(path: Path, rows: int) -> None:
    chance = random.Random(1)
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as workbook:
        sheet = workbook.add_worksheet("名单")
        sheet.write_string(0, 0, "青禾社区居民名单")
        sheet.write_row(1, 0, _HEADER)
        for number in range(rows):
            sheet.write_row(number + 2, 0, _person(number, chance))


def _person(number: int, chance: random.Random) -> tuple[object, ...]:
    address = f"锦绣苑{number % 40 + 1}号楼{number % 4 + 1}单元{number // 160 % 30 + 1}0{number % 4 + 1}"
    return (
        number + 1,
        chance.choice(_FAMILY) + "".join(chance.choices(_GIVEN, k=2)),
        chance.choice("男女"),
        chance.randint(18, 99),
        13_900_000_000 + number,
        address if number % 3 else f"柳巷{number % 500}号",
        "第一网格" if number % 2 else "",
        chance.choice(["独居", "高龄、独居", "", ""]),
        f"{chance.choice(_FAMILY)}小明",
        13_700_000_000 + number,
        "儿子",
    )


if __name__ == "__main__":
    main()
