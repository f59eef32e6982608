"""A member enters a workspace in one statement. It does what six did, in their order, and sees what the caller may see."""

from django.db import migrations

CREATE = """
CREATE FUNCTION accounts_enter_workspace(person uuid, address text)
RETURNS TABLE (membership accounts_membership, workspace accounts_workspace, epoch bigint, commitments bytea[])
LANGUAGE plpgsql AS $$
DECLARE
    found_here record;
BEGIN
    -- Never a person and a workspace at once: policies are OR-ed.
    PERFORM set_config('app.user_id', person::text, true);
    SELECT m AS membership, w AS workspace INTO found_here
        FROM accounts_membership m JOIN accounts_workspace w ON w.id = m.workspace_id
        WHERE m.user_id = person AND w.slug = address;
    PERFORM set_config('app.user_id', '', true);
    IF found_here IS NULL THEN
        RETURN;
    END IF;
    membership := found_here.membership;
    workspace := found_here.workspace;
    PERFORM set_config('app.workspace_id', workspace.id::text, true);
    SELECT max(k.epoch), array_agg(k.commitment ORDER BY k.version) INTO epoch, commitments
        FROM vault_workspacekey k WHERE k.workspace_id = workspace.id;
    RETURN NEXT;
END $$;
REVOKE ALL ON FUNCTION accounts_enter_workspace(uuid, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION accounts_enter_workspace(uuid, text) TO counterfoil_web;
"""
DROP = "DROP FUNCTION accounts_enter_workspace(uuid, text)"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0016_plans"), ("vault", "0002_key_lifecycle")]

    operations = [migrations.RunSQL(CREATE, DROP)]
