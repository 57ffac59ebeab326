"""What a valuation knows about assets and which parameters hold for them, one value per asset."""

from dataclasses import dataclass

from service.engine.arrays import AnyIntArray, BoolArray, CodeArray, FloatArray, IntArray
from service.engine.backlog import PUBLISHED_LADDER, Ladder
from service.engine.curves import Curves
from service.engine.method_parameters import MethodParameters


@dataclass(frozen=True, slots=True)
class AssetInputs:
    """What is recorded about the assets, one value per asset; ``nan`` is unknown, years may be fractions.

    Attributes:
        asset_id: Within the municipality.
        asset_class: The class's number.
        quantity: In the class's unit.
        recorded_replacement_cost_eur: Without value-added tax.
        built_year: A year after the valuation year makes the asset planned.
        renewed_year: Last renewal.
        assessed_condition: Condition index found by the newest assessment at or before the valuation year, 0…1.
        assessed_year: When that was.
        is_protected: Heritage; retained before others.
    """

    asset_id: IntArray
    asset_class: AnyIntArray
    quantity: FloatArray
    recorded_replacement_cost_eur: FloatArray
    built_year: FloatArray
    renewed_year: FloatArray
    assessed_condition: FloatArray
    assessed_year: FloatArray
    is_protected: BoolArray


@dataclass(frozen=True, slots=True)
class AssetParameters:
    """The parameters that hold for each asset, already looked up.

    Attributes:
        unit_cost_eur: Per unit of quantity; ``nan`` where the class has none.
        regional_factor: Multiplies the unit cost.
        curves: How each asset deteriorates.
        annual_wear_share: *w*, share of the replacement cost lost in a year.
        target_condition: What the value method measures against.
        default_condition: For an asset of which neither an assessment nor a year is known.
        method: A ``Method`` per asset.
        price_factor: Brings the recorded cost to the price level of the run; ``None`` where it is there already.
        ladder: The steps of the two-threshold method.
        methods: What the methods beyond value and two thresholds read; ``None`` where no asset has one of them.
    """

    unit_cost_eur: FloatArray
    regional_factor: FloatArray
    curves: Curves
    annual_wear_share: FloatArray
    target_condition: FloatArray
    default_condition: FloatArray
    method: CodeArray
    price_factor: FloatArray | None = None
    ladder: Ladder = PUBLISHED_LADDER
    methods: MethodParameters | None = None
