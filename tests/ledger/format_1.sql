PRAGMA application_id = 1095060551;
PRAGMA user_version = 1;
BEGIN TRANSACTION;
CREATE TABLE acts (
  act INTEGER PRIMARY KEY,
  format INTEGER NOT NULL,
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  issued_at TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  drafted_by TEXT NOT NULL,
  reviewed_by TEXT NOT NULL,
  approved_by TEXT NOT NULL,
  corrects INTEGER REFERENCES acts(act),
  reason TEXT NOT NULL,
  head TEXT NOT NULL,
  previous TEXT NOT NULL,
  hash TEXT NOT NULL UNIQUE
) STRICT;
INSERT INTO "acts" VALUES(1,1,'issue','合成','2021-01-09T18:00:00+08:00','2026-11-29T00:40:18.403460+08:00','办公室 甲','科长 乙','市长 丙',NULL,'','{"a":{"b":[1,0.5,null]}}','0000000000000000000000000000000000000000000000000000000000000000','bb1f55a12eeeaf8a5b283cc8198e5412495032016161390c5766e2937ea3cb61');
INSERT INTO "acts" VALUES(2,1,'issue','合成更正','2026-11-29T00:40:18.422231+08:00','2026-11-29T00:40:18.422231+08:00','','','',1,'清单有误','{}','bb1f55a12eeeaf8a5b283cc8198e5412495032016161390c5766e2937ea3cb61','e39188dd5e4f7f969f7235c499e30f1aa48cbbec8a643a0d82dd5ce29340102f');
INSERT INTO "acts" VALUES(3,1,'delivery','送达','2026-11-29T00:40:18.427778+08:00','2026-11-29T00:40:18.427778+08:00','','','',NULL,'','{}','e39188dd5e4f7f969f7235c499e30f1aa48cbbec8a643a0d82dd5ce29340102f','1a83de5d98dbb59dfd1fda8211df8e03f08dd96a076932195fc419481fe60fda');
CREATE TABLE inputs (
  act INTEGER NOT NULL REFERENCES acts(act) DEFERRABLE INITIALLY DEFERRED,
  path TEXT NOT NULL,
  snapshot INTEGER REFERENCES snapshots(id),
  personal TEXT REFERENCES personal(digest),
  PRIMARY KEY (act, path),
  CHECK ((snapshot IS NULL) <> (personal IS NULL))
) STRICT, WITHOUT ROWID;
INSERT INTO "inputs" VALUES(1,'list/l.csv',NULL,'82fe2b6fc1bc7b4363682f03fa27ee3fc1be1a83edfa41ffff50e8de37ffdc1e');
INSERT INTO "inputs" VALUES(1,'rules/0/x.yaml',1,NULL);
INSERT INTO "inputs" VALUES(2,'rules/0/x.yaml',1,NULL);
CREATE TABLE order_rows (
  act INTEGER NOT NULL,
  row INTEGER NOT NULL,
  order_id TEXT NOT NULL,
  city INTEGER REFERENCES texts(id),
  county INTEGER REFERENCES texts(id),
  enterprise_id INTEGER REFERENCES texts(id),
  enterprise INTEGER REFERENCES texts(id),
  line_id INTEGER REFERENCES texts(id),
  line INTEGER REFERENCES texts(id),
  industry INTEGER REFERENCES texts(id),
  process INTEGER REFERENCES texts(id),
  grade INTEGER REFERENCES texts(id),
  effective_grade INTEGER REFERENCES texts(id),
  level INTEGER REFERENCES texts(id),
  starts INTEGER REFERENCES texts(id),
  ends INTEGER REFERENCES texts(id),
  phase INTEGER REFERENCES texts(id),
  measure INTEGER REFERENCES texts(id),
  share REAL,
  measure_text INTEGER REFERENCES texts(id),
  so2_kg_d REAL,
  nox_kg_d REAL,
  pm_kg_d REAL,
  vocs_kg_d REAL,
  transport INTEGER REFERENCES texts(id),
  rules INTEGER REFERENCES texts(id),
  set_aside INTEGER REFERENCES texts(id),
  basis INTEGER REFERENCES texts(id),
  standing INTEGER REFERENCES texts(id),
  status INTEGER REFERENCES texts(id),
  hangs_on INTEGER REFERENCES texts(id),
  remark INTEGER REFERENCES texts(id),
  PRIMARY KEY (act, row),
  FOREIGN KEY (act) REFERENCES acts(act) DEFERRABLE INITIALLY DEFERRED
) STRICT, WITHOUT ROWID;
INSERT INTO "order_rows" VALUES(1,1,'O-0',1,1,2,5,8,1,1,1,11,1,12,13,14,1,1,0.0,1,0.0,0.0,0.0,0.0,1,1,1,1,1,1,14,1);
INSERT INTO "order_rows" VALUES(1,2,'O-1',1,1,3,6,9,1,1,1,11,1,12,13,15,1,1,NULL,1,1.42857142857142849212e-01,1.42857142857142849212e-01,1.42857142857142849212e-01,1.42857142857142849212e-01,1,1,1,1,1,1,14,1);
INSERT INTO "order_rows" VALUES(1,3,'O-2',1,1,4,7,10,1,1,1,NULL,1,12,13,15,1,1,0.2,1,2.85714285714285698425e-01,2.85714285714285698425e-01,2.85714285714285698425e-01,2.85714285714285698425e-01,1,1,1,1,1,1,14,1);
INSERT INTO "order_rows" VALUES(2,1,'O-0',1,1,2,5,8,1,1,1,11,1,12,13,14,1,1,0.5,1,0.0,0.0,0.0,0.0,1,1,1,1,1,1,14,1);
INSERT INTO "order_rows" VALUES(2,2,'O-1',1,1,3,6,9,1,1,1,11,1,12,13,15,1,1,0.5,1,1.42857142857142849212e-01,1.42857142857142849212e-01,1.42857142857142849212e-01,1.42857142857142849212e-01,1,1,1,1,1,1,14,1);
INSERT INTO "order_rows" VALUES(2,3,'O-2',1,1,4,7,10,1,1,1,NULL,1,12,13,15,1,1,0.5,1,2.85714285714285698425e-01,2.85714285714285698425e-01,2.85714285714285698425e-01,2.85714285714285698425e-01,1,1,1,1,1,1,14,1);
CREATE TABLE part_rows (
  act INTEGER NOT NULL,
  part TEXT NOT NULL,
  row INTEGER NOT NULL,
  content TEXT NOT NULL,
  PRIMARY KEY (act, part, row),
  FOREIGN KEY (act, part) REFERENCES parts(act, part) DEFERRABLE INITIALLY DEFERRED
) STRICT, WITHOUT ROWID;
INSERT INTO "part_rows" VALUES(1,'warnings',1,'["某","某","某","issue","red","2021-01-10 00:00:00",null,"2021-01-09 15:40:00","某","某","某","某"]');
INSERT INTO "part_rows" VALUES(2,'warnings',1,'["某","某","某","issue","red","2021-01-10 00:00:00",null,"2021-01-09 15:40:00","某","某","某","某"]');
INSERT INTO "part_rows" VALUES(3,'deliveries',1,'["O-0","personal:adde134643e70a3ebb7d83af124858815591b796ac294aa56ae58d56cee3059c",1.5]');
INSERT INTO "part_rows" VALUES(3,'deliveries',2,'["O-1",null,null]');
CREATE TABLE parts (
  act INTEGER NOT NULL REFERENCES acts(act) DEFERRABLE INITIALLY DEFERRED,
  part TEXT NOT NULL,
  columns TEXT NOT NULL,
  rows INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  PRIMARY KEY (act, part)
) STRICT, WITHOUT ROWID;
INSERT INTO "parts" VALUES(1,'orders','["order_id","city","county","enterprise_id","enterprise","line_id","line","industry","process","grade","effective_grade","level","starts","ends","phase","measure","share","measure_text","so2_kg_d","nox_kg_d","pm_kg_d","vocs_kg_d","transport","rules","set_aside","basis","standing","status","hangs_on","remark"]',3,'c7f98ba46625183ef3f7281ee95cbd44b9344fd26bf820e55c018244bdc3d13a');
INSERT INTO "parts" VALUES(1,'warnings','["warning_id","city","counties","action","level","starts","ends","issued","primary","grading","basis","reason"]',1,'d47a95d12e7c7c701da1de6ef97da3c5758c470ee9e8f29abd96b7b2221bf0a9');
INSERT INTO "parts" VALUES(2,'orders','["order_id","city","county","enterprise_id","enterprise","line_id","line","industry","process","grade","effective_grade","level","starts","ends","phase","measure","share","measure_text","so2_kg_d","nox_kg_d","pm_kg_d","vocs_kg_d","transport","rules","set_aside","basis","standing","status","hangs_on","remark"]',3,'d6f127058f4341ba45bd49e7b378c0a423ea4add34d4cbfb2699ac031d176972');
INSERT INTO "parts" VALUES(2,'warnings','["warning_id","city","counties","action","level","starts","ends","issued","primary","grading","basis","reason"]',1,'d47a95d12e7c7c701da1de6ef97da3c5758c470ee9e8f29abd96b7b2221bf0a9');
INSERT INTO "parts" VALUES(3,'deliveries','["order_id","signed_by","hours"]',2,'db980f9d5fbbd6c7e5ee2ad357288365a0b4bbb103ca324258b5a692c229cd62');
CREATE TABLE personal (
  digest TEXT PRIMARY KEY, kind TEXT NOT NULL, salt BLOB, value BLOB,
  CHECK ((salt IS NULL) = (value IS NULL))
) STRICT, WITHOUT ROWID;
INSERT INTO "personal" VALUES('0218a69546313d689ec1b1b45ed54b1e7a1ede57888015d993976e8865a33671','text',X'712875CCB9A7F9DE795949B84C8C8F31B7166705AA44AE330C00F5429CB5B4A8',X'E59088E68890E4BC81E4B89A31');
INSERT INTO "personal" VALUES('82fe2b6fc1bc7b4363682f03fa27ee3fc1be1a83edfa41ffff50e8de37ffdc1e','file',X'B76162AABE45D8B0823053BEF4D5BADEFA571428476D4DBD5995C7AD5DDE1693',X'789C7BD138E5F9E6DD4F76EDE27A367F0200404808CA');
INSERT INTO "personal" VALUES('adde134643e70a3ebb7d83af124858815591b796ac294aa56ae58d56cee3059c','text',X'3BDB4F9BD5D364F540648A69470B4738B114C1F52207DBB538413B83F14584D5',X'E69D8EE69F90E69F90');
CREATE TABLE snapshots (
  id INTEGER PRIMARY KEY, sha256 TEXT NOT NULL UNIQUE, size INTEGER NOT NULL, data BLOB NOT NULL
) STRICT;
INSERT INTO "snapshots" VALUES(1,'e477f67f04d3445f9f1894498ed8e5f6eefd6c4bbce91f3366f7831d17418598',12,X'789C4BC94F2ECD4DCD2BB152A8E002001EC1043C');
CREATE TABLE texts (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT;
INSERT INTO "texts" VALUES(1,'某');
INSERT INTO "texts" VALUES(2,'91000000HC00000000');
INSERT INTO "texts" VALUES(3,'92000000HC00000001');
INSERT INTO "texts" VALUES(4,'91000000HC00000002');
INSERT INTO "texts" VALUES(5,'合成企业0');
INSERT INTO "texts" VALUES(6,'personal:0218a69546313d689ec1b1b45ed54b1e7a1ede57888015d993976e8865a33671');
INSERT INTO "texts" VALUES(7,'合成企业2');
INSERT INTO "texts" VALUES(8,'0');
INSERT INTO "texts" VALUES(9,'1');
INSERT INTO "texts" VALUES(10,'2');
INSERT INTO "texts" VALUES(11,'B');
INSERT INTO "texts" VALUES(12,'red');
INSERT INTO "texts" VALUES(13,'2021-01-10 00:00');
INSERT INTO "texts" VALUES(14,'');
INSERT INTO "texts" VALUES(15,'2021-01-14 00:00');
CREATE INDEX order_rows_enterprise ON order_rows(enterprise_id);
CREATE VIEW orders AS SELECT o.act, o.row, o.order_id, t_city.text AS city, t_county.text AS county, t_enterprise_id.text AS enterprise_id, CASE WHEN t_enterprise.text LIKE 'personal:%' THEN '（个人信息）' ELSE t_enterprise.text END AS enterprise, t_line_id.text AS line_id, t_line.text AS line, t_industry.text AS industry, t_process.text AS process, t_grade.text AS grade, t_effective_grade.text AS effective_grade, t_level.text AS level, t_starts.text AS starts, t_ends.text AS ends, t_phase.text AS phase, t_measure.text AS measure, o.share, t_measure_text.text AS measure_text, o.so2_kg_d, o.nox_kg_d, o.pm_kg_d, o.vocs_kg_d, t_transport.text AS transport, t_rules.text AS rules, t_set_aside.text AS set_aside, t_basis.text AS basis, t_standing.text AS standing, t_status.text AS status, t_hangs_on.text AS hangs_on, t_remark.text AS remark
FROM order_rows o
  LEFT JOIN texts t_city ON t_city.id = o.city
  LEFT JOIN texts t_county ON t_county.id = o.county
  LEFT JOIN texts t_enterprise_id ON t_enterprise_id.id = o.enterprise_id
  LEFT JOIN texts t_enterprise ON t_enterprise.id = o.enterprise
  LEFT JOIN texts t_line_id ON t_line_id.id = o.line_id
  LEFT JOIN texts t_line ON t_line.id = o.line
  LEFT JOIN texts t_industry ON t_industry.id = o.industry
  LEFT JOIN texts t_process ON t_process.id = o.process
  LEFT JOIN texts t_grade ON t_grade.id = o.grade
  LEFT JOIN texts t_effective_grade ON t_effective_grade.id = o.effective_grade
  LEFT JOIN texts t_level ON t_level.id = o.level
  LEFT JOIN texts t_starts ON t_starts.id = o.starts
  LEFT JOIN texts t_ends ON t_ends.id = o.ends
  LEFT JOIN texts t_phase ON t_phase.id = o.phase
  LEFT JOIN texts t_measure ON t_measure.id = o.measure
  LEFT JOIN texts t_measure_text ON t_measure_text.id = o.measure_text
  LEFT JOIN texts t_transport ON t_transport.id = o.transport
  LEFT JOIN texts t_rules ON t_rules.id = o.rules
  LEFT JOIN texts t_set_aside ON t_set_aside.id = o.set_aside
  LEFT JOIN texts t_basis ON t_basis.id = o.basis
  LEFT JOIN texts t_standing ON t_standing.id = o.standing
  LEFT JOIN texts t_status ON t_status.id = o.status
  LEFT JOIN texts t_hangs_on ON t_hangs_on.id = o.hangs_on
  LEFT JOIN texts t_remark ON t_remark.id = o.remark;
CREATE VIEW warnings AS SELECT act, row, json_extract(content, '$[0]') AS "warning_id", json_extract(content, '$[1]') AS "city", json_extract(content, '$[2]') AS "counties", json_extract(content, '$[3]') AS "action", json_extract(content, '$[4]') AS "level", json_extract(content, '$[5]') AS "starts", json_extract(content, '$[6]') AS "ends", json_extract(content, '$[7]') AS "issued", json_extract(content, '$[8]') AS "primary", json_extract(content, '$[9]') AS "grading", json_extract(content, '$[10]') AS "basis", json_extract(content, '$[11]') AS "reason"
FROM part_rows WHERE part = 'warnings';
CREATE TRIGGER acts_stay BEFORE DELETE ON acts BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER acts_keep BEFORE UPDATE ON acts BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER parts_stay BEFORE DELETE ON parts BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER parts_keep BEFORE UPDATE ON parts BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER part_rows_stay BEFORE DELETE ON part_rows BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER part_rows_keep BEFORE UPDATE ON part_rows BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER order_rows_stay BEFORE DELETE ON order_rows BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER order_rows_keep BEFORE UPDATE ON order_rows BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER texts_stay BEFORE DELETE ON texts BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER texts_keep BEFORE UPDATE ON texts BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER snapshots_stay BEFORE DELETE ON snapshots BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER snapshots_keep BEFORE UPDATE ON snapshots BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER personal_stay BEFORE DELETE ON personal BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER personal_keep BEFORE UPDATE ON personal WHEN NOT (NEW.digest IS OLD.digest AND NEW.kind = '' AND NEW.value IS NULL) BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER inputs_stay BEFORE DELETE ON inputs BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER inputs_keep BEFORE UPDATE ON inputs BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER parts_open BEFORE INSERT ON parts WHEN NEW.act <> (SELECT coalesce(max(act), 0) FROM acts) + 1 BEGIN SELECT RAISE(ABORT, 'that act is closed'); END;
CREATE TRIGGER part_rows_open BEFORE INSERT ON part_rows WHEN NEW.act <> (SELECT coalesce(max(act), 0) FROM acts) + 1 BEGIN SELECT RAISE(ABORT, 'that act is closed'); END;
CREATE TRIGGER order_rows_open BEFORE INSERT ON order_rows WHEN NEW.act <> (SELECT coalesce(max(act), 0) FROM acts) + 1 BEGIN SELECT RAISE(ABORT, 'that act is closed'); END;
CREATE TRIGGER inputs_open BEFORE INSERT ON inputs WHEN NEW.act <> (SELECT coalesce(max(act), 0) FROM acts) + 1 BEGIN SELECT RAISE(ABORT, 'that act is closed'); END;
CREATE TRIGGER acts_follow BEFORE INSERT ON acts WHEN NEW.act <> (SELECT coalesce(max(act), 0) FROM acts) + 1 OR NEW.previous <> coalesce((SELECT hash FROM acts ORDER BY act DESC LIMIT 1), '0000000000000000000000000000000000000000000000000000000000000000') BEGIN SELECT RAISE(ABORT, 'an act follows the last one'); END;
COMMIT;
