"""A report says what the backlog of each class is measured against: the target of the method that was used."""

from __future__ import annotations

import json

from service.database import Database
from service.operations.reporting import ReportRequest, render_report


def test_a_report_names_the_target_that_the_method_of_each_class_measures_against(demo: Database) -> None:
    form = {
        form: render_report(demo, ReportRequest("portfolio", "999", form=form, language="en"))
        for form in ("json", "html")
    }
    methods = {each["asset_class"]: each for each in json.loads(form["json"])["statement"]["backlog_methods"]}

    assert methods["building"]["target"] == {"target_condition": [0.75]}
    assert methods["street_segment"]["target"] == {"optimum_condition_class": [3.0, 4.0]}
    assert methods["street_segment"]["target_condition"] is None
    page = form["html"].decode()
    assert "condition-class method (KEHTO) (Optimum condition class: 3, 4): street segment" in page
    assert "value method (Target condition: 75%): building" in page
