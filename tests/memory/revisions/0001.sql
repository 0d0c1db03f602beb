BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE approvals (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	place VARCHAR NOT NULL, 
	tool VARCHAR NOT NULL, 
	fingerprint VARCHAR NOT NULL, 
	permission VARCHAR NOT NULL, 
	detail VARCHAR NOT NULL, 
	given VARCHAR NOT NULL, 
	UNIQUE (place, tool, fingerprint, permission, detail)
);
INSERT INTO "approvals" VALUES(1,'p','t','f','read','/d','2026');
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('approvals',1);
COMMIT;
