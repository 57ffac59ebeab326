-- Two municipalities with what GIS clients must cope with: more buildings than fit on a page, points and polygons in
-- one collection, heights, missing geometries, retired assets, two valuations of which the newer counts.
CREATE TEMPORARY TABLE made ON COMMIT DROP AS
SELECT CASE WHEN n <= 10500 THEN '091' ELSE '837' END AS municipality_code,
       n AS asset_id,
       n,
       CASE WHEN n <= 10500 THEN 380000 + 40 * (n % 100) ELSE 327000 + 40 * (n % 100) END AS east,
       CASE WHEN n <= 10500 THEN 6670000 + 40 * (n / 100) ELSE 6822000 + 40 * (n % 7) END AS north
FROM generate_series(1, 10550) AS n;

INSERT INTO asset (municipality_code, asset_id, asset_class, name, owner, status, built_year, quantity, material,
                   replacement_cost_eur, is_protected, source_system, source_id, geometry, row_version, changed_at)
SELECT municipality_code, asset_id, 1::int2,
       CASE n WHEN 1 THEN 'Säästö "Åland" \ & <talo>' WHEN 2 THEN NULL ELSE 'Talo ' || n END,
       'Kaupunki',
       CASE WHEN n IN (5, 6, 7) THEN 'decommissioned' ELSE 'in_use' END,
       CASE WHEN n % 10 = 0 THEN NULL ELSE 1950 + n % 70 END,
       100.5 + n, 'brick', 1000.10 * n, n % 50 = 0, 'test', n::text,
       CASE WHEN n IN (8, 9) THEN NULL
            WHEN n % 2 = 0 THEN ST_SetSRID(ST_MakePoint(east, north), 3067)
            ELSE ST_MakeEnvelope(east, north, east + 20, north + 10, 3067) END,
       1, '2026-01-01'
FROM made;

INSERT INTO building (municipality_code, asset_id, energy_class, storeys, volume_m3)
SELECT municipality_code, asset_id, CASE WHEN n % 3 = 0 THEN 'C' END, n % 8, 3.25 * n FROM made;

INSERT INTO asset (municipality_code, asset_id, asset_class, status, is_protected, source_system, source_id, quantity,
                   geometry, geometry_z, row_version, changed_at)
SELECT '091', 20000 + n, 10::int2, 'in_use', false, 'test', 'w' || n, 30, ST_Force2D(line), line, 1, '2026-01-01'
FROM (SELECT n, ST_GeomFromEWKT('SRID=3067;LINESTRING Z(' || 385000 + n || ' 6672000 ' || n || ',' || 385030 + n
                                || ' 6672000 ' || n + 0.5 || ')') AS line
      FROM generate_series(1, 25) AS n) AS lines;

INSERT INTO water_main (municipality_code, asset_id, nominal_diameter_mm)
SELECT '091', 20000 + n, 100 + 50 * (n % 4) FROM generate_series(1, 25) AS n;

INSERT INTO run (municipality_code, run_id, kind, state, valuation_year, settings, code_version, started_at, created_by)
VALUES ('091', 1, 'valuation', 'finished', 2025, '{}', 'test', '2025-01-01', 'test'),
       ('091', 2, 'valuation', 'finished', 2026, '{}', 'test', '2026-01-01', 'test'),
       ('091', 3, 'valuation', 'running', 2026, '{}', 'test', '2026-02-01', 'test');

SELECT setval('run_id_seq', 3);

INSERT INTO asset_valuation (municipality_code, run_id, asset_id, asset_class, parameter_set, condition_index,
                             condition_basis, replacement_cost_basis, repair_backlog_eur, needed_backlog_eur,
                             avoidable_backlog_eur)
SELECT '091', run_id, asset_id, 1, 0, CASE run_id WHEN 2 THEN 0.5 ELSE 0.9 END, 1 + n % 3, 1, 100 * n + run_id,
       60 * n + run_id, 40 * n
FROM made CROSS JOIN generate_series(1, 2) AS run_id
WHERE municipality_code = '091' AND n > 2;

INSERT INTO map_figures
SELECT '091', run_id, block, array_agg(COALESCE(round(condition_index * 1000)::smallint, -1::smallint) ORDER BY place),
       array_agg(COALESCE(condition_basis, -1::smallint) ORDER BY place),
       array_agg(COALESCE(repair_backlog_eur::bigint, -1) ORDER BY place),
       array_agg(COALESCE(needed_backlog_eur::bigint, -1) ORDER BY place),
       array_agg(COALESCE(avoidable_backlog_eur::bigint, -1) ORDER BY place)
FROM (SELECT DISTINCT run_id, asset_id / 32 AS block FROM asset_valuation) AS blocks
     CROSS JOIN generate_series(0, 31) AS place
     LEFT JOIN (SELECT run_id, asset_id / 32 AS block, asset_id % 32 AS place, condition_index, condition_basis,
                       repair_backlog_eur, needed_backlog_eur, avoidable_backlog_eur
                FROM asset_valuation) AS valued USING (run_id, block, place)
GROUP BY run_id, block;

INSERT INTO district (municipality_code, district_code, name_fi, name_sv, geometry)
SELECT '091', code, 'Piiri ' || code, 'Distrikt ' || code, ST_Multi(ST_MakeEnvelope(380000, 6670000, 384000, 6672000, 3067))
FROM unnest(ARRAY ['10', '20-A', '30/1 ä']) AS code;

INSERT INTO service_area (municipality_code, service_code, area_code, population_area_code, name_fi, geometry)
VALUES ('091', 'basic_education', 'north', 'all', 'Pohjoinen',
        ST_Multi(ST_MakeEnvelope(380000, 6672000, 384000, 6674000, 3067))),
       ('091', 'basic_education', 'south', 'all', 'Eteläinen', NULL);

INSERT INTO population_grid (municipality_code, grid_code, cell_id, year, population, has_known_place, geometry)
SELECT '091', 'hsy', n::text, 2023, n, true, ST_MakeEnvelope(380000 + 250 * n, 6670000, 380250 + 250 * n, 6670250, 3067)
FROM generate_series(1, 30) AS n;

SELECT setval('asset_id_seq', 100000);
