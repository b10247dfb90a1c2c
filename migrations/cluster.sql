-- Run once in a new cluster, by its superuser, in single-user mode: an empty line ends a statement.

-- Before PostgreSQL 15 everybody may make tables in the schema `public`.
REVOKE CREATE ON SCHEMA public FROM PUBLIC;

-- The running program's role. It can do nothing until migrations grant it something.
CREATE ROLE alpukat LOGIN;

CREATE DATABASE alpukat;

-- By default everybody may connect to every database and make temporary tables in it.
REVOKE ALL ON DATABASE alpukat, postgres, template1 FROM PUBLIC;

GRANT CONNECT ON DATABASE alpukat TO alpukat;

