BEGIN TRANSACTION;
CREATE TABLE admissions (
	id INTEGER NOT NULL, 
	run VARCHAR NOT NULL, 
	at FLOAT NOT NULL, 
	tool VARCHAR NOT NULL, 
	how VARCHAR NOT NULL, 
	source TEXT NOT NULL, 
	lines_added INTEGER NOT NULL, 
	lines_removed INTEGER NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(run) REFERENCES runs (id) ON DELETE CASCADE
);
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0004');
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
CREATE TABLE attempts (
	id INTEGER NOT NULL, 
	run VARCHAR NOT NULL, 
	at FLOAT NOT NULL, 
	step INTEGER NOT NULL, 
	tool VARCHAR NOT NULL, 
	number INTEGER NOT NULL, 
	refused_by VARCHAR NOT NULL, 
	lessons INTEGER NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(run) REFERENCES runs (id) ON DELETE CASCADE
);
CREATE TABLE changes (
	id INTEGER NOT NULL, 
	at FLOAT NOT NULL, 
	library TEXT, 
	what TEXT NOT NULL, 
	line VARCHAR, 
	PRIMARY KEY (id), 
	UNIQUE (line)
);
CREATE TABLE "decisions" (
	id INTEGER NOT NULL, 
	run VARCHAR, 
	at FLOAT NOT NULL, 
	kind VARCHAR NOT NULL, 
	subject VARCHAR NOT NULL, 
	agreed BOOLEAN NOT NULL, 
	reason TEXT NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(run) REFERENCES runs (id) ON DELETE CASCADE
);
INSERT INTO "decisions" VALUES(1,'r1',7.0,'read','t /d',1,'once');
CREATE TABLE directives (
	id INTEGER NOT NULL, 
	library TEXT NOT NULL, 
	goal TEXT NOT NULL, 
	status VARCHAR NOT NULL, 
	created FLOAT NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE executions (
	id INTEGER NOT NULL, 
	run VARCHAR, 
	at FLOAT NOT NULL, 
	step INTEGER, 
	tool VARCHAR NOT NULL, 
	input TEXT, 
	output TEXT, 
	status VARCHAR NOT NULL, 
	error TEXT, 
	seconds FLOAT NOT NULL, library TEXT, line VARCHAR, 
	PRIMARY KEY (id), 
	FOREIGN KEY(run) REFERENCES runs (id) ON DELETE CASCADE
);
INSERT INTO "executions" VALUES(1,'r1',8.0,1,'t','{}','2','returned',NULL,0.5,NULL,NULL);
CREATE TABLE failure_vectors (
	failure INTEGER NOT NULL, 
	embedder VARCHAR NOT NULL, 
	vector BLOB NOT NULL, 
	PRIMARY KEY (failure, embedder), 
	FOREIGN KEY(failure) REFERENCES failures (id) ON DELETE CASCADE
);
INSERT INTO "failure_vectors" VALUES(1,'test:m',X'0000000000000000');
CREATE TABLE "failures" (
	id INTEGER NOT NULL, 
	run VARCHAR, 
	at FLOAT NOT NULL, 
	tool VARCHAR NOT NULL, 
	attempt INTEGER NOT NULL, 
	stage VARCHAR NOT NULL, 
	message TEXT NOT NULL, 
	source TEXT NOT NULL, 
	mend TEXT, 
	embedder VARCHAR NOT NULL, 
	vector BLOB NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(run) REFERENCES runs (id) ON DELETE CASCADE
);
INSERT INTO "failures" VALUES(1,'r1',6.0,'t',1,'verify','m','s','d','pieces-1',X'0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000803F');
CREATE TABLE model_calls (
	id INTEGER NOT NULL, 
	run VARCHAR NOT NULL, 
	at FLOAT NOT NULL, 
	stage VARCHAR NOT NULL, 
	subject TEXT NOT NULL, 
	model VARCHAR NOT NULL, 
	prompt_tokens INTEGER NOT NULL, 
	output_tokens INTEGER NOT NULL, 
	seconds FLOAT NOT NULL, 
	cost FLOAT, 
	PRIMARY KEY (id), 
	FOREIGN KEY(run) REFERENCES runs (id) ON DELETE CASCADE
);
CREATE TABLE runs (
	id VARCHAR NOT NULL, 
	goal TEXT NOT NULL, 
	status VARCHAR NOT NULL, 
	model VARCHAR NOT NULL, 
	sandbox VARCHAR NOT NULL, 
	wants VARCHAR, 
	plan_origin VARCHAR, 
	began FLOAT NOT NULL, 
	seconds FLOAT, 
	calls INTEGER NOT NULL, 
	prompt_tokens INTEGER NOT NULL, 
	output_tokens INTEGER NOT NULL, 
	cost FLOAT, 
	failed_stage VARCHAR, 
	failed_kind VARCHAR, 
	failed_step INTEGER, 
	message TEXT, 
	learned VARCHAR, library TEXT, 
	PRIMARY KEY (id)
);
INSERT INTO "runs" VALUES('r1','a goal','done','m','full',NULL,NULL,5.0,NULL,1,2,3,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE skills (
	id INTEGER NOT NULL, 
	library TEXT NOT NULL, 
	name VARCHAR NOT NULL, 
	status VARCHAR NOT NULL, 
	description TEXT NOT NULL, 
	created FLOAT, 
	updated FLOAT, 
	PRIMARY KEY (id), 
	UNIQUE (library, name)
);
CREATE TABLE steps (
	id INTEGER NOT NULL, 
	run VARCHAR NOT NULL, 
	round INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	description TEXT NOT NULL, 
	keywords TEXT NOT NULL, 
	verdict VARCHAR, 
	tool VARCHAR, 
	reason TEXT, at FLOAT, 
	PRIMARY KEY (id), 
	FOREIGN KEY(run) REFERENCES runs (id) ON DELETE CASCADE
);
CREATE INDEX ix_runs_began ON runs (began);
CREATE INDEX ix_steps_run ON steps (run);
CREATE INDEX ix_attempts_run ON attempts (run);
CREATE INDEX ix_admissions_run ON admissions (run);
CREATE INDEX ix_executions_run ON executions (run);
CREATE INDEX ix_executions_tool ON executions (tool);
CREATE INDEX ix_model_calls_run ON model_calls (run);
CREATE UNIQUE INDEX ix_executions_line ON executions (line);
CREATE INDEX ix_failures_run ON failures (run);
CREATE INDEX ix_decisions_run ON decisions (run);
CREATE TRIGGER runs_unchanged BEFORE UPDATE ON runs BEGIN SELECT RAISE(ABORT, 'what happened is neither changed nor removed'); END;
CREATE TRIGGER runs_kept BEFORE DELETE ON runs BEGIN SELECT RAISE(ABORT, 'what happened is neither changed nor removed'); END;
CREATE TRIGGER runs_added BEFORE INSERT ON runs WHEN EXISTS (SELECT 1 FROM runs WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'what happened is neither changed nor removed'); END;
CREATE TRIGGER steps_unchanged BEFORE UPDATE ON steps BEGIN SELECT RAISE(ABORT, 'what happened is neither changed nor removed'); END;
CREATE TRIGGER steps_kept BEFORE DELETE ON steps BEGIN SELECT RAISE(ABORT, 'what happened is neither changed nor removed'); END;
CREATE TRIGGER steps_added BEFORE INSERT ON steps WHEN EXISTS (SELECT 1 FROM steps WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'what happened is neither changed nor removed'); END;
CREATE TRIGGER attempts_unchanged BEFORE UPDATE ON attempts BEGIN SELECT RAISE(ABORT, 'what happened is neither changed nor removed'); END;
CREATE TRIGGER attempts_kept BEFORE DELETE ON attempts BEGIN SELECT RAISE(ABORT, 'what happened is neither changed nor removed'); END;
CREATE TRIGGER attempts_added BEFORE INSERT ON attempts WHEN EXISTS (SELECT 1 FROM attempts WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'what happened is neither changed nor removed'); END;
CREATE TRIGGER failures_unchanged BEFORE UPDATE OF run, at, tool, attempt, stage, message, source, mend ON failures BEGIN SELECT RAISE(ABORT, 'what happened is neither changed nor removed'); END;
CREATE TRIGGER failures_kept BEFORE DELETE ON failures BEGIN SELECT RAISE(ABORT, 'what happened is neither changed nor removed'); END;
CREATE TRIGGER failures_added BEFORE INSERT ON failures WHEN EXISTS (SELECT 1 FROM failures WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'what happened is neither changed nor removed'); END;
CREATE TRIGGER admissions_unchanged BEFORE UPDATE ON admissions BEGIN SELECT RAISE(ABORT, 'what happened is neither changed nor removed'); END;
CREATE TRIGGER admissions_kept BEFORE DELETE ON admissions BEGIN SELECT RAISE(ABORT, 'what happened is neither changed nor removed'); END;
CREATE TRIGGER admissions_added BEFORE INSERT ON admissions WHEN EXISTS (SELECT 1 FROM admissions WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'what happened is neither changed nor removed'); END;
CREATE TRIGGER executions_unchanged BEFORE UPDATE ON executions BEGIN SELECT RAISE(ABORT, 'what happened is neither changed nor removed'); END;
CREATE TRIGGER executions_kept BEFORE DELETE ON executions BEGIN SELECT RAISE(ABORT, 'what happened is neither changed nor removed'); END;
CREATE TRIGGER executions_added BEFORE INSERT ON executions WHEN EXISTS (SELECT 1 FROM executions WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'what happened is neither changed nor removed'); END;
CREATE TRIGGER decisions_unchanged BEFORE UPDATE ON decisions BEGIN SELECT RAISE(ABORT, 'what happened is neither changed nor removed'); END;
CREATE TRIGGER decisions_kept BEFORE DELETE ON decisions BEGIN SELECT RAISE(ABORT, 'what happened is neither changed nor removed'); END;
CREATE TRIGGER decisions_added BEFORE INSERT ON decisions WHEN EXISTS (SELECT 1 FROM decisions WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'what happened is neither changed nor removed'); END;
CREATE TRIGGER model_calls_unchanged BEFORE UPDATE ON model_calls BEGIN SELECT RAISE(ABORT, 'what happened is neither changed nor removed'); END;
CREATE TRIGGER model_calls_kept BEFORE DELETE ON model_calls BEGIN SELECT RAISE(ABORT, 'what happened is neither changed nor removed'); END;
CREATE TRIGGER model_calls_added BEFORE INSERT ON model_calls WHEN EXISTS (SELECT 1 FROM model_calls WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'what happened is neither changed nor removed'); END;
CREATE TRIGGER changes_unchanged BEFORE UPDATE ON changes BEGIN SELECT RAISE(ABORT, 'what happened is neither changed nor removed'); END;
CREATE TRIGGER changes_kept BEFORE DELETE ON changes BEGIN SELECT RAISE(ABORT, 'what happened is neither changed nor removed'); END;
CREATE TRIGGER changes_added BEFORE INSERT ON changes WHEN EXISTS (SELECT 1 FROM changes WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'what happened is neither changed nor removed'); END;
CREATE VIEW audit AS SELECT strftime('%Y-%m-%dT%H:%M:%SZ', found.at, 'unixepoch') AS time, found.* FROM (
  SELECT began AS at, 'request' AS kind, id AS run, library, goal AS subject, status AS outcome,
         NULL AS reason, NULL AS input, NULL AS output, message AS error, seconds FROM runs
  UNION ALL
  SELECT coalesce(steps.at, runs.began), 'decision', run, library, description, verdict,
         reason, tool, NULL, NULL, NULL FROM steps JOIN runs ON runs.id = run WHERE verdict IS NOT NULL
  UNION ALL
  SELECT decisions.at, 'decision', run, library, kind || ' ' || subject,
         CASE WHEN agreed THEN 'yes' ELSE 'no' END, reason, NULL, NULL, NULL, NULL
    FROM decisions LEFT JOIN runs ON runs.id = run
  UNION ALL
  SELECT failures.at, 'refusal', run, library, tool, stage, failures.message, source, NULL, NULL, NULL
    FROM failures JOIN runs ON runs.id = run
  UNION ALL
  SELECT admissions.at, 'admission', run, library, tool, how, NULL, NULL, source, NULL, NULL
    FROM admissions JOIN runs ON runs.id = run
  UNION ALL
  SELECT at, 'change', NULL, library, what, NULL, NULL, NULL, NULL, NULL, NULL FROM changes
  UNION ALL
  SELECT executions.at, 'execution', run, coalesce(runs.library, executions.library), tool,
         executions.status, NULL, input, output, error, executions.seconds
    FROM executions LEFT JOIN runs ON runs.id = run
  UNION ALL
  SELECT model_calls.at, 'model call', run, library, stage || ' ' || subject, model_calls.model,
         NULL, NULL, NULL, NULL, model_calls.seconds FROM model_calls JOIN runs ON runs.id = run
) AS found;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('approvals',1);
COMMIT;
