-- Once, by PostgreSQL's superuser:  psql -v ON_ERROR_STOP=1 -f roles.sql   (as the user postgres)
-- The owner's login runs migrations; the service's login owns nothing, bypasses nothing, and takes its rights per
-- transaction. Passwords are set afterwards by \password, so that they stand in no file and no history.
CREATE ROLE kuntokanta_owner LOGIN;
CREATE ROLE kuntokanta_web LOGIN NOINHERIT;
CREATE ROLE kuntokanta_service NOLOGIN;
CREATE ROLE kuntokanta_country NOLOGIN IN ROLE kuntokanta_service;
CREATE ROLE kuntokanta_operator NOLOGIN IN ROLE kuntokanta_service;
GRANT kuntokanta_service, kuntokanta_country, kuntokanta_operator TO kuntokanta_owner WITH ADMIN OPTION;
GRANT kuntokanta_service, kuntokanta_country, kuntokanta_operator TO kuntokanta_web;

CREATE DATABASE kuntokanta OWNER kuntokanta_owner TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8';
REVOKE ALL ON DATABASE kuntokanta FROM PUBLIC;
GRANT CONNECT ON DATABASE kuntokanta TO kuntokanta_owner, kuntokanta_web;
-- Imports and runs lay their rows in temporary tables first, in the role that they have taken.
GRANT TEMPORARY ON DATABASE kuntokanta TO kuntokanta_owner, kuntokanta_service;
\connect kuntokanta
CREATE EXTENSION postgis;
CREATE EXTENSION btree_gist;
-- Whether two boxes meet tells nothing more of a row: lets limited readers use the spatial indexes.
ALTER FUNCTION geometry_overlaps(geometry, geometry) LEAKPROOF;
ALTER FUNCTION st_expand(geometry, float8) LEAKPROOF;
-- Optional (PostgreSQL 15 or later): large imports check references for all rows at once instead of row by row. Its
-- price: whoever holds the service's login could switch foreign keys off.
-- GRANT SET ON PARAMETER session_replication_role TO kuntokanta_service;
