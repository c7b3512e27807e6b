-- The PostgreSQL of profile `local`, broken on purpose: `scripts/mutants --profile local` makes a database for each block, runs the
-- block in it as superuser, and the scenario named there must fail on the step named there.
--
--   -- mutant NAME | what is wrong | scenario | step
--
-- :database is the name of the block's database.

-- mutant password-ignored | any password is right | external_apis/database_connectivity/connection_establishment | password_wanted
-- hba: host :database all 127.0.0.1/32 trust

-- mutant documents-as-text | a JSON document comes back as text | external_apis/database_connectivity/query_execution | back
CREATE SCHEMA shadow;
GRANT USAGE ON SCHEMA shadow TO PUBLIC;
CREATE DOMAIN shadow.jsonb AS text;
ALTER DATABASE :"database" SET search_path = shadow, pg_catalog, public;

-- mutant decoy-table | a table that should be missing is there | external_apis/database_connectivity/query_execution | table_missing
CREATE TABLE public.no_such_table_of_plumb (id integer);
GRANT SELECT ON public.no_such_table_of_plumb TO PUBLIC;

-- mutant overflow-forgiven | a product too large for its type is null | external_apis/database_connectivity/query_execution | too_large
CREATE SCHEMA shadow;
GRANT USAGE ON SCHEMA shadow TO PUBLIC;
CREATE FUNCTION shadow.product(bigint, integer) RETURNS bigint LANGUAGE sql AS 'SELECT NULL::bigint';
CREATE OPERATOR shadow.* (LEFTARG = bigint, RIGHTARG = integer, FUNCTION = shadow.product);
ALTER DATABASE :"database" SET search_path = shadow, pg_catalog, public;

-- mutant checks-dropped | new tables lose their checks | external_apis/database_connectivity/transaction_handling | halfway
CREATE FUNCTION public.drop_checks() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE found record;
BEGIN
    FOR found IN SELECT conrelid::regclass AS relation, conname FROM pg_constraint
        WHERE contype = 'c' AND conrelid::regclass::text LIKE 'plumb%'
    LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', found.relation, found.conname); END LOOP;
END $$;
CREATE EVENT TRIGGER drop_checks ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION public.drop_checks();

-- mutant deadlock-undetected | nobody looks for deadlocks | external_apis/database_connectivity/transaction_handling | embrace
ALTER DATABASE :"database" SET deadlock_timeout = '1h';

-- mutant few-connections | the server takes fewer connections than the pool may have | external_apis/database_connectivity/connection_pooling | bounded
ALTER DATABASE :"database" CONNECTION LIMIT 8;

-- mutant kill-pretended | ending a connection does not end it | external_apis/database_connectivity/connection_pooling | gone
CREATE SCHEMA shadow;
GRANT USAGE ON SCHEMA shadow TO PUBLIC;
CREATE FUNCTION shadow.pg_terminate_backend(integer) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RETURN true; END';
ALTER DATABASE :"database" SET search_path = shadow, pg_catalog, public;

-- mutant pool-unfilled | the server takes fewer connections than the pool's size | database_tests/connection_pooling/pool_initialization | filled
ALTER DATABASE :"database" CONNECTION LIMIT 15;

-- mutant overflow-refused | the server takes fewer connections than the pool's overflow | database_tests/connection_pooling/pool_initialization | overflowing
ALTER DATABASE :"database" CONNECTION LIMIT 24;

-- mutant setting-stuck | a setting of the session cannot be brought back | database_tests/connection_pooling/connection_management | setting_restored
ALTER DATABASE :"database" SET statement_timeout = 12345;

-- mutant temporary-kept | what was temporary stays | database_tests/connection_pooling/connection_management | temporary_gone
CREATE TABLE public.plumb_left (id integer);
GRANT SELECT ON public.plumb_left TO PUBLIC;

-- mutant load-refused | the server takes fewer connections than there are callers | database_tests/connection_pooling/load_distribution | work
ALTER DATABASE :"database" CONNECTION LIMIT 15;

-- mutant ended-goes-on | what the server was to end goes on | database_tests/connection_pooling/error_recovery | vanished
CREATE SCHEMA shadow;
GRANT USAGE ON SCHEMA shadow TO PUBLIC;
CREATE FUNCTION shadow.pg_terminate_backend(integer) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RETURN true; END';
ALTER DATABASE :"database" SET search_path = shadow, pg_catalog, public;

-- mutant keys-dropped | new tables lose their keys | database_tests/connection_pooling/error_recovery | refused
CREATE FUNCTION public.drop_keys() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE found record;
BEGIN
    FOR found IN SELECT conrelid::regclass AS relation, conname FROM pg_constraint
        WHERE contype = 'p' AND conrelid::regclass::text LIKE 'plumb%'
    LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', found.relation, found.conname); END LOOP;
END $$;
CREATE EVENT TRIGGER drop_keys ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION public.drop_keys();
