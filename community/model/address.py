"""An address inside the community: 小区-楼栋-单元-室."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Address:
    """小区-楼栋-单元-室; every part is text and may be empty.

    Attributes:
        community: 小区 (锦绣苑).
        building: 楼栋, the number or name alone (3, 7).
        unit: 单元, the number alone.
        room: 室, the number alone (501).
    """

    community: str = ""
    building: str = ""
    unit: str = ""
    room: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all is known."""
        return not (self.community or self.building or self.unit or self.room)

    def contradicts(self, other: "Address") -> bool:
        """Whether the two name different places: what one of them leaves open may be anything."""
        return any(here and there and here != there for here, there in zip(self.parts, other.parts, strict=True))

    def completed_by(self, other: "Address") -> "Address":
        """This address with what another says of it."""
        return Address(*(there or here for here, there in zip(self.parts, other.parts, strict=True)))

    def corrected_by(self, other: "Address") -> "Address":
        """Another address, with the parts of this one that stand above what it names: 不对，是3单元 stays in its 楼栋."""
        first = next((index for index, part in enumerate(other.parts) if part), 0)
        return Address(*self.parts[:first], *other.parts[first:])

    @property
    def parts(self) -> tuple[str, str, str, str]:
        """小区, 楼栋, 单元, 室."""
        return self.community, self.building, self.unit, self.room

    def __str__(self) -> str:
        parts = [self.community]
        if self.building:
            parts.append(f"{self.building}栋")
        if self.unit:
            parts.append(f"{self.unit}单元")
        if self.room:
            parts.append(f"{self.room}室")
        return "".join(parts)
