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

-- mutant insert-doubled | a row is written twice | error_tests/database_connectivity | written
CREATE FUNCTION public.again() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN EXECUTE format('INSERT INTO %I.%I VALUES ($1)', TG_TABLE_SCHEMA, TG_TABLE_NAME) USING NEW.id + 1; RETURN NULL; END $$;
CREATE FUNCTION public.watch() RETURNS event_trigger LANGUAGE plpgsql AS $$
DECLARE made record;
BEGIN
    FOR made IN SELECT objid::regclass AS relation FROM pg_event_trigger_ddl_commands() WHERE object_type = 'table' AND object_identity LIKE 'public.plumb_errors%'
    LOOP EXECUTE format('CREATE TRIGGER again AFTER INSERT ON %s FOR EACH ROW WHEN (pg_trigger_depth() = 0)
        EXECUTE FUNCTION public.again()', made.relation); END LOOP;
END $$;
CREATE EVENT TRIGGER watch ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION public.watch();

-- mutant rows-uncounted | the server does not count what is done to tables | monitoring_tests/database_server | counted
ALTER DATABASE :"database" SET track_counts = off;

-- mutant rows-multiplied | a row that is written writes another one | monitoring_tests/database_server | counted
CREATE FUNCTION public.again() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN EXECUTE format('INSERT INTO %I.%I VALUES ($1)', TG_TABLE_SCHEMA, TG_TABLE_NAME) USING NEW.id + 100; RETURN NULL; END $$;
CREATE FUNCTION public.watch() RETURNS event_trigger LANGUAGE plpgsql AS $$
DECLARE made record;
BEGIN
    FOR made IN SELECT objid::regclass AS relation FROM pg_event_trigger_ddl_commands() WHERE object_type = 'table' AND object_identity LIKE 'public.plumb_counted%'
    LOOP EXECUTE format('CREATE TRIGGER again AFTER INSERT ON %s FOR EACH ROW WHEN (pg_trigger_depth() = 0)
        EXECUTE FUNCTION public.again()', made.relation); END LOOP;
END $$;
CREATE EVENT TRIGGER watch ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION public.watch();

-- What follows breaks collections that are tables: profile `local` runs the scenarios of vectors on them too.

-- mutant payloads-lost | points come back without their payload | cross_service/model_to_vector_database/vector_storage | fetched
CREATE FUNCTION public.lose() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.payload = '{}'; RETURN NEW; END $$;
CREATE FUNCTION public.watch() RETURNS event_trigger LANGUAGE plpgsql AS $$
DECLARE made record;
BEGIN
    FOR made IN SELECT objid::regclass AS relation FROM pg_event_trigger_ddl_commands() WHERE object_type = 'table' AND object_identity LIKE 'public.plumb%'
    LOOP EXECUTE format('CREATE TRIGGER lose BEFORE INSERT ON %s FOR EACH ROW EXECUTE FUNCTION public.lose()', made.relation);
    END LOOP;
END $$;
CREATE EVENT TRIGGER watch ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION public.watch();

-- mutant cosines-as-euclid | the distance of directions is that of places | cross_service/model_to_vector_database/similarity_search | nearest
CREATE SCHEMA shadow;
GRANT USAGE, CREATE ON SCHEMA shadow TO PUBLIC;
CREATE OPERATOR shadow.<=> (LEFTARG = vector, RIGHTARG = vector, FUNCTION = l2_distance);
ALTER DATABASE :"database" SET search_path = shadow, pg_catalog, public;

-- mutant neighbours-missed | a search that is not exact misses one point of three | cross_service/model_to_vector_database/similarity_search | recall
CREATE SCHEMA shadow;
GRANT USAGE, CREATE ON SCHEMA shadow TO PUBLIC;
CREATE FUNCTION shadow.distance(vector, vector) RETURNS float8 LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    RETURN cosine_distance($1, $2) + CASE WHEN current_setting('enable_indexscan') = 'on'
        AND abs(hashtext($1::text)) % 3 = 0 THEN 1 ELSE 0 END;
END $$;
CREATE OPERATOR shadow.<=> (LEFTARG = vector, RIGHTARG = vector, FUNCTION = shadow.distance);
ALTER DATABASE :"database" SET search_path = shadow, pg_catalog, public;

-- mutant vector-index-forgotten | an index of vectors is taken and not kept | cross_service/model_to_vector_database/index_management | described
CREATE FUNCTION public.forget() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE made record;
BEGIN
    FOR made IN SELECT object_identity AS name FROM pg_event_trigger_ddl_commands() WHERE object_identity LIKE '%_vector_idx'
    LOOP EXECUTE format('DROP INDEX %s', made.name); END LOOP;
END $$;
CREATE EVENT TRIGGER forget ON ddl_command_end WHEN TAG IN ('CREATE INDEX') EXECUTE FUNCTION public.forget();

-- mutant index-unfit | an index of vectors serves another distance | cross_service/model_to_vector_database/index_management | planned
CREATE FUNCTION public.exchange() RETURNS event_trigger LANGUAGE plpgsql AS $$
DECLARE made record;
BEGIN
    FOR made IN SELECT x.indrelid::regclass AS relation, i.relname AS name FROM pg_event_trigger_ddl_commands() c
        JOIN pg_class i ON i.oid = c.objid JOIN pg_index x ON x.indexrelid = i.oid
        WHERE i.relname LIKE '%_vector_idx' AND pg_get_indexdef(i.oid) LIKE '%cosine%'
    LOOP
        EXECUTE format('DROP INDEX %I', made.name);
        EXECUTE format('CREATE INDEX %I ON %s USING hnsw (vector vector_l2_ops)', made.name, made.relation);
    END LOOP;
END $$;
CREATE EVENT TRIGGER exchange ON ddl_command_end WHEN TAG IN ('CREATE INDEX') EXECUTE FUNCTION public.exchange();

-- mutant index-kept | an index of vectors is not removed | cross_service/model_to_vector_database/index_management | vector_index_removed
CREATE FUNCTION public.keep() RETURNS event_trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM pg_event_trigger_dropped_objects() WHERE object_identity LIKE '%_vector_idx' AND original)
    THEN RAISE 'the index is kept'; END IF;
END $$;
CREATE EVENT TRIGGER keep ON sql_drop WHEN TAG IN ('DROP INDEX') EXECUTE FUNCTION public.keep();

-- mutant tables-slow | comparing vectors takes a while | cross_service/model_to_vector_database/performance_validation | searches
CREATE SCHEMA shadow;
GRANT USAGE, CREATE ON SCHEMA shadow TO PUBLIC;
CREATE FUNCTION shadow.distance(vector, vector) RETURNS float8 LANGUAGE plpgsql VOLATILE AS $$
BEGIN PERFORM pg_sleep(0.004); RETURN cosine_distance($1, $2); END $$;
CREATE OPERATOR shadow.<=> (LEFTARG = vector, RIGHTARG = vector, FUNCTION = shadow.distance);
ALTER DATABASE :"database" SET search_path = shadow, pg_catalog, public;

-- mutant alias-unnoted | nothing tells that a view is another name | external_apis/vector_database_connectivity/collection_management | alias
CREATE FUNCTION public.hush() RETURNS event_trigger LANGUAGE plpgsql AS $$
DECLARE said record;
BEGIN
    FOR said IN SELECT objid::regclass AS relation FROM pg_event_trigger_ddl_commands()
        WHERE object_type = 'view' AND obj_description(objid) IS NOT NULL
    LOOP EXECUTE format('COMMENT ON VIEW %s IS NULL', said.relation); END LOOP;
END $$;
CREATE EVENT TRIGGER hush ON ddl_command_end WHEN TAG IN ('COMMENT') EXECUTE FUNCTION public.hush();

-- mutant dropped-returns | a dropped table comes back | external_apis/vector_database_connectivity/collection_management | gone
CREATE FUNCTION public.revive() RETURNS event_trigger LANGUAGE plpgsql AS $$
DECLARE lost record;
BEGIN
    FOR lost IN SELECT object_identity AS name FROM pg_event_trigger_dropped_objects()
        WHERE object_type = 'table' AND object_identity LIKE 'public.plumb_managed%'
    LOOP EXECUTE format('CREATE TABLE %s (id text, vector vector(4), payload jsonb)', lost.name); END LOOP;
END $$;
CREATE EVENT TRIGGER revive ON sql_drop WHEN TAG IN ('DROP TABLE') EXECUTE FUNCTION public.revive();

-- mutant rows-vanish | a row that comes late is not written | external_apis/vector_database_connectivity/vector_operations | counted
CREATE FUNCTION public.swallow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
CREATE FUNCTION public.watch() RETURNS event_trigger LANGUAGE plpgsql AS $$
DECLARE made record;
BEGIN
    FOR made IN SELECT objid::regclass AS relation FROM pg_event_trigger_ddl_commands() WHERE object_type = 'table' AND object_identity LIKE 'public.plumb%'
    LOOP EXECUTE format('CREATE TRIGGER swallow BEFORE INSERT ON %s FOR EACH ROW WHEN (NEW.id = ''5'')
        EXECUTE FUNCTION public.swallow()', made.relation); END LOOP;
END $$;
CREATE EVENT TRIGGER watch ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION public.watch();

-- mutant filters-ignored | filters let every row pass | external_apis/vector_database_connectivity/vector_operations | filtered
CREATE SCHEMA shadow;
GRANT USAGE, CREATE ON SCHEMA shadow TO PUBLIC;
CREATE FUNCTION shadow.jsonb_path_exists(jsonb, jsonpath, jsonb) RETURNS boolean LANGUAGE sql AS 'SELECT true';
ALTER DATABASE :"database" SET search_path = shadow, pg_catalog, public;

-- mutant upserts-slow | writing a row takes a while | external_apis/vector_database_connectivity/performance_validation | upserts
CREATE FUNCTION public.slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.05); RETURN NEW; END $$;
CREATE FUNCTION public.watch() RETURNS event_trigger LANGUAGE plpgsql AS $$
DECLARE made record;
BEGIN
    FOR made IN SELECT objid::regclass AS relation FROM pg_event_trigger_ddl_commands() WHERE object_type = 'table' AND object_identity LIKE 'public.plumb%'
    LOOP EXECUTE format('CREATE TRIGGER slow BEFORE INSERT ON %s FOR EACH ROW EXECUTE FUNCTION public.slow()', made.relation);
    END LOOP;
END $$;
CREATE EVENT TRIGGER watch ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION public.watch();
