"""The buildings that a town of fifteen thousand has: schools and day-care by name, the rest by kind."""

from dataclasses import dataclass

from service.demo.drafts import ENERGY_COMPANY, TOWN, WATER_COMPANY


@dataclass(frozen=True)
class ServiceBuilding:
    """A building with capacity: the district it lies in and how many places of its service it has.

    `place_share` says which part of its area's capacity it holds where the capacity follows from the need.
    """

    name_fi: str
    district: str
    building_class: str
    built_year: int
    renewed_year: int | None
    area_per_place_m2: float
    place_share: float
    is_protected: bool = False
    material: str = "concrete"
    status: str = "in_use"


@dataclass(frozen=True)
class BuildingKind:
    """Other buildings: how many of a kind there are, how large, and where."""

    name_fi: str
    building_class: str
    count: int
    area_m2: tuple[float, float]
    storeys: int
    lag_years: int = 0
    material: str = "concrete"
    owner: str = TOWN
    is_central: bool = False
    protected_share: float = 0.0


SCHOOLS = (
    ServiceBuilding("Keskustan yhtenäiskoulu", "01", "0820", 1964, 2006, 12.5, 0.55),
    ServiceBuilding("Vanha kansakoulu", "01", "0820", 1911, 1989, 14.0, 0.2, is_protected=True, material="brick"),
    ServiceBuilding("Asemanseudun koulu", "02", "0820", 1956, None, 13.5, 0.25, material="brick"),
    ServiceBuilding("Rantakylän koulu", "03", "0820", 2008, None, 10.5, 0.7),
    ServiceBuilding("Peltolan koulu", "06", "0820", 1982, 2012, 11.0, 0.3),
    ServiceBuilding("Myllymäen koulu", "04", "0820", 1976, None, 11.5, 1.0),
    ServiceBuilding("Koivuniemen koulu", "05", "0820", 1988, 2014, 11.0, 1.0),
    ServiceBuilding("Kirkonkylän koulu", "08", "0820", 1952, 2001, 13.0, 0.72, material="timber"),
    ServiceBuilding("Metsolan koulu", "07", "0820", 1969, None, 15.0, 0.28, material="timber"),
)
DAY_CARE = (
    ServiceBuilding("Keskustan päiväkoti", "01", "0810", 1978, 2009, 10.0, 0.6),
    ServiceBuilding("Puistolan päiväkoti", "01", "0810", 1971, None, 11.0, 0.4, material="timber"),
    ServiceBuilding("Asemanseudun päiväkoti", "02", "0810", 1985, None, 10.0, 1.0, material="timber"),
    ServiceBuilding("Rantakylän päiväkoti", "03", "0810", 2007, None, 9.0, 0.6),
    ServiceBuilding("Lahdenpohjan päiväkoti", "03", "0810", 2015, None, 9.0, 0.4, material="timber"),
    ServiceBuilding("Myllymäen päiväkoti", "04", "0810", 1979, None, 10.5, 0.6, material="brick"),
    ServiceBuilding("Vesimyllyn päiväkoti", "04", "0810", 1990, None, 10.0, 0.4, material="timber"),
    ServiceBuilding("Koivuniemen päiväkoti", "05", "0810", 1991, None, 10.0, 1.0, material="timber"),
    ServiceBuilding("Peltolan päiväkoti", "06", "0810", 1983, 2016, 10.0, 1.0, material="timber"),
    ServiceBuilding("Metsolan päiväkoti", "07", "0810", 1974, None, 11.0, 1.0, material="timber"),
    ServiceBuilding("Kirkonkylän päiväkoti", "08", "0810", 1987, None, 11.0, 1.0, material="timber"),
)
LIBRARIES = (
    ServiceBuilding("Pääkirjasto", "01", "0712", 1984, 2010, 8.0, 0.8),
    ServiceBuilding("Kirkonkylän lähikirjasto", "08", "0712", 1961, None, 8.0, 0.2, material="brick"),
)
PLANNED = (
    ServiceBuilding("Lahdenpohjan koulu", "03", "0820", 2028, None, 10.0, 0.0, status="planned", material="timber"),
)
CLOSED = (
    ServiceBuilding("Salmenkylän koulu", "07", "0820", 1948, None, 15.0, 0.0, status="out_of_use", material="timber"),
)

OTHERS = (
    BuildingKind("Kunnantalo", "0400", 1, (4200, 4200), 4, 8, is_central=True),
    BuildingKind("Virastotalo", "0400", 2, (900, 2200), 3, 5, is_central=True),
    BuildingKind("Liikuntahalli", "0743", 2, (1900, 3200), 1, 12),
    BuildingKind("Uimahalli", "0741", 1, (3300, 3300), 2, 18, is_central=True),
    BuildingKind("Jäähalli", "0740", 1, (3800, 3800), 1, 30, "steel"),
    BuildingKind("Paloasema", "1310", 1, (1700, 1700), 2, 14, is_central=True),
    BuildingKind("Terveysasema", "0610", 1, (3600, 3600), 3, 17, is_central=True),
    BuildingKind("Palvelutalo", "0620", 2, (1800, 3000), 2, 20),
    BuildingKind("Nuorisotalo", "0720", 3, (350, 700), 1, 6, "timber"),
    BuildingKind("Museo", "0713", 1, (620, 620), 2, -40, "timber", is_central=True, protected_share=1.0),
    BuildingKind("Kulttuuritalo", "0710", 1, (2100, 2100), 2, 4, "brick", is_central=True, protected_share=1.0),
    BuildingKind("Työväenopisto", "0890", 1, (1300, 1300), 2, 0, "brick", is_central=True),
    BuildingKind("Varikko", "1212", 3, (500, 1800), 1, 10, "steel"),
    BuildingKind("Huoltorakennus", "1910", 9, (60, 220), 1, 10, "timber"),
    BuildingKind("Vuokratalo", "0121", 14, (900, 2600), 3, 6),
    BuildingKind("Väestönsuoja", "1311", 2, (400, 700), 1, 14),
    BuildingKind("Vesilaitos", "1110", 2, (350, 800), 1, 12, owner=WATER_COMPANY),
    BuildingKind("Lämpökeskus", "1010", 3, (250, 900), 1, 16, "steel", owner=ENERGY_COMPANY),
    BuildingKind("Pysäköintitalo", "0513", 1, (5200, 5200), 3, 28, is_central=True),
)
