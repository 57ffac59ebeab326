import pytest
from sqlalchemy import text

from models.registry import ASSET_CLASSES
from service.database import Database
from service.demo.benchmark import class_counts
from service.errors import DataConflict
from service.operations.demo import load_benchmark_municipality
from service.queries.districts import assign_districts


@pytest.mark.parametrize("count", [1000, 123_456, 1_000_000])
def test_classes_add_up_to_the_number_asked_for_and_none_is_missing(count: int) -> None:
    counts = class_counts(count)
    assert sum(counts.values()) == count
    assert set(counts) == set(ASSET_CLASSES)
    assert min(counts.values()) >= 1


def test_a_register_of_the_size_asked_for_is_loaded_with_districts_and_assessments(database: Database) -> None:
    summary = load_benchmark_municipality(database, "091", 5000)
    assert summary.assets == 5000
    with database.reading() as connection:
        count = connection.execute(text("SELECT count(*) FROM asset WHERE geometry IS NOT NULL")).scalar_one()
        districts = connection.execute(text("SELECT count(DISTINCT district_code) FROM asset")).scalar_one()
    assert (count, districts) == (5000, 20)
    assert 0.25 < summary.records["condition_assessment"] / 5000 < 0.35
    with database.writing() as session:
        assert assign_districts(session, "091") < 50, "only lines across a border may lie in the district beside"
    with pytest.raises(DataConflict):
        load_benchmark_municipality(database, "091", 5000)
