"""Pupils counted by grade, from which cohorts move up."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, MunicipalityCode, municipality_check, not_negative_check


class GradeEnrolment(Base):
    """Users of a service in one grade of a service area in a year: the pupils from whom cohort survival goes on."""

    __tablename__ = "grade_enrolment"
    __table_args__ = (
        ForeignKeyConstraint(
            ["municipality_code", "service_code", "area_code"],
            ["service_area.municipality_code", "service_area.service_code", "service_area.area_code"],
        ),
        municipality_check(),
        not_negative_check("users"),
        CheckConstraint("year BETWEEN 1749 AND 2200", name="year"),
        CheckConstraint("grade BETWEEN 0 AND 30", name="grade"),
    )

    municipality_code: Mapped[MunicipalityCode]
    service_code: Mapped[str] = mapped_column(ForeignKey("service.service_code"), primary_key=True)
    area_code: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    grade: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    users: Mapped[float]
