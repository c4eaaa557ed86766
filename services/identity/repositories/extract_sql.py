"""The statements that import an extract, each over a whole set."""

STAGE = """
SET LOCAL work_mem = '64MB';
CREATE TEMPORARY TABLE staged (
    rpps text, title text, family_name text, given_names text, profession text, specialty text, finess text,
    structure text
) ON COMMIT DROP;
CREATE TEMPORARY TABLE touched (rpps text NOT NULL, is_new boolean NOT NULL) ON COMMIT DROP;
"""
COPY = "COPY staged FROM STDIN"
SETTLE_STAGED = "ANALYZE staged"

# A line without profession is broken: whoever has one stays as they are. Byte order is what sorts fast.
MERGE_LINES = """
CREATE TEMPORARY TABLE stated ON COMMIT DROP AS
SELECT DISTINCT ON (rpps COLLATE "C") rpps, title, family_name, given_names, profession, specialty FROM staged
WHERE profession IS NOT NULL AND rpps NOT IN (SELECT rpps FROM staged WHERE profession IS NULL)
ORDER BY rpps COLLATE "C", profession = ANY(CAST(:retired AS text[])), profession COLLATE "C",
    specialty COLLATE "C" NULLS LAST, family_name COLLATE "C", given_names COLLATE "C";
ANALYZE stated
"""
PLACES = """
CREATE TEMPORARY TABLE places ON COMMIT DROP AS
SELECT DISTINCT s.rpps, s.finess FROM staged AS s JOIN stated AS t ON t.rpps = s.rpps AND t.profession = s.profession
WHERE s.finess IS NOT NULL;
ANALYZE places
"""

_NOT_NAMED = """
p.from_extract AND p.retired_at IS NULL AND NOT EXISTS (SELECT FROM staged AS s WHERE s.rpps = p.rpps)
"""
COUNT = f"""
SELECT
    (SELECT count(*) FROM professionals WHERE from_extract AND retired_at IS NULL) AS known,
    (SELECT count(*) FROM professionals AS p WHERE {_NOT_NAMED}) AS left_out,
    (SELECT count(*) FROM stated) AS people,
    (SELECT count(*) FROM stated AS t WHERE NOT EXISTS (SELECT FROM places AS l WHERE l.rpps = t.rpps)) AS placeless,
    (SELECT count(DISTINCT s.rpps) FROM staged AS s JOIN stated AS t ON t.rpps = s.rpps
        WHERE s.profession <> t.profession) AS several,
    (SELECT count(DISTINCT rpps) FROM staged WHERE profession IS NULL) AS broken
"""  # noqa: S608 - nothing in it comes from outside
RETIRE = f"UPDATE professionals AS p SET retired_at = :now WHERE {_NOT_NAMED}"  # noqa: S608 - as above

ENTER_STRUCTURES = """
INSERT INTO structures AS s (finess, name)
SELECT DISTINCT ON (finess COLLATE "C") finess, coalesce(structure, finess) FROM staged WHERE finess IS NOT NULL
ORDER BY finess COLLATE "C", structure COLLATE "C" NULLS LAST
ON CONFLICT (finess) DO UPDATE SET name = excluded.name
WHERE s.name <> excluded.name AND excluded.name <> excluded.finess
"""
ENTER_PROFESSIONALS = """
WITH put AS (
    INSERT INTO professionals AS p (rpps, title, family_name, given_names, profession, specialty, from_extract)
    SELECT t.rpps, t.title, t.family_name, t.given_names, t.profession,
        CASE WHEN :has_specialties THEN t.specialty WHEN k.profession = t.profession THEN k.specialty END, true
    FROM stated AS t LEFT JOIN professionals AS k ON k.rpps = t.rpps
    WHERE k.rpps IS NULL OR k.retired_at IS NOT NULL OR NOT k.from_extract
        OR (k.title, k.family_name, k.given_names, k.profession)
            <> (t.title, t.family_name, t.given_names, t.profession)
        OR :has_specialties AND k.specialty IS DISTINCT FROM t.specialty
    ON CONFLICT (rpps) DO UPDATE SET
        title = excluded.title, family_name = excluded.family_name, given_names = excluded.given_names,
        profession = excluded.profession, specialty = excluded.specialty, from_extract = true, retired_at = NULL
    RETURNING p.rpps, old.rpps IS NULL AS is_new
)
INSERT INTO touched SELECT rpps, is_new FROM put
"""
END_PRACTICES = """
WITH ended AS (
    DELETE FROM practices AS p USING stated AS t
    WHERE p.rpps = t.rpps AND NOT EXISTS (SELECT FROM places AS l WHERE l.rpps = p.rpps AND l.finess = p.finess)
    RETURNING p.rpps
)
INSERT INTO touched SELECT rpps, false FROM ended
"""
BEGIN_PRACTICES = """
WITH begun AS (
    INSERT INTO practices (rpps, finess)
    SELECT l.rpps, l.finess FROM places AS l
    WHERE NOT EXISTS (SELECT FROM practices AS p WHERE p.rpps = l.rpps AND p.finess = l.finess)
    RETURNING rpps
)
INSERT INTO touched SELECT rpps, false FROM begun
"""
ENTER_SPECIALTIES = """
WITH put AS (
    UPDATE professionals AS p SET specialty = t.specialty
    FROM (
        SELECT k.rpps, min(s.specialty COLLATE "C") AS specialty
        FROM professionals AS k LEFT JOIN staged AS s ON s.rpps = k.rpps AND s.profession = k.profession
        WHERE k.from_extract AND k.retired_at IS NULL AND (:whole OR s.rpps IS NOT NULL)
            AND NOT EXISTS (SELECT FROM staged AS b WHERE b.rpps = k.rpps AND b.profession IS NULL)
        GROUP BY k.rpps
    ) AS t
    WHERE p.rpps = t.rpps AND p.specialty IS DISTINCT FROM t.specialty
    RETURNING p.rpps
)
INSERT INTO touched SELECT rpps, false FROM put
"""
COUNT_TOUCHED = """
SELECT count(*) FILTER (WHERE is_new) AS new, count(*) FILTER (WHERE NOT is_new) AS changed
FROM (SELECT bool_or(is_new) AS is_new FROM touched GROUP BY rpps) AS people
"""
