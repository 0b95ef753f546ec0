-- What the README asks for, with passwords that everybody knows.
CREATE ROLE barre_owner LOGIN PASSWORD 'owner';   -- owns the tables; only barre migrate uses it
CREATE ROLE barre_app LOGIN PASSWORD 'app';     -- serves requests; sees one studio at a time
CREATE ROLE barre_system LOGIN PASSWORD 'system';  -- the worker, and looking credentials up
ALTER ROLE barre_app SET statement_timeout = '5s';
ALTER ROLE barre_app SET lock_timeout = '4s';
ALTER ROLE barre_app SET idle_in_transaction_session_timeout = '10s';
ALTER ROLE barre_app SET timezone = 'UTC';
ALTER ROLE barre_app SET jit = off;
ALTER ROLE barre_system SET timezone = 'UTC';
ALTER ROLE barre_system SET jit = off;
CREATE DATABASE barre OWNER barre_owner;
REVOKE ALL ON DATABASE barre FROM PUBLIC;
GRANT CONNECT ON DATABASE barre TO barre_app, barre_system;
