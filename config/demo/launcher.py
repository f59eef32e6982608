"""The steps of a start, in order: servers, roles, migrations, sandbox bank, web, worker, sample companies."""

from config.demo import programs
from config.demo.environment import as_shell, owner_environment, sandbox_environment, web_environment
from config.demo.local import Local
from config.demo.migrations import is_migrated, migrate
from config.demo.plan import Plan, make_plan
from config.demo.progress import step
from config.demo.seed import Sample, describe_sample, seed
from config.demo.supervisor import Supervisor
from vault import roles


def launch(local: Local, supervisor: Supervisor) -> None:
    """Brings everything up, tells where it is, and then watches over it until a signal or a death."""
    plan = make_plan(local)
    with step("database and queue servers"):
        _start_servers(plan, supervisor)
    with step("roles and database"):
        if plan.admin_url is not None:
            roles.create_roles(plan.admin_url, plan.passwords)
            roles.create_database(plan.admin_url, plan.database)
    if not is_migrated(plan, local):
        with step("migrations"):
            migrate(plan, local, owner_environment(plan, local))
    with step("web, worker and sandbox bank"):
        _start_programs(plan, local, supervisor)
    with step("sample companies, connected and synced"):
        sample = seed(plan, local)
    _write_addresses(plan, local, sample)
    print(describe_sample(plan.base_url, sample), flush=True)
    supervisor.watch()


def _start_servers(plan: Plan, supervisor: Supervisor) -> None:
    postgres, valkey = plan.postgres, plan.valkey
    initialising = postgres.begin_initialising() if postgres else None
    queue = supervisor.keep(valkey.start()) if valkey else None
    if postgres:
        postgres.wait_until_ready(supervisor.keep(postgres.start(initialising)))
    if valkey and queue:
        valkey.wait_until_ready(queue)


def _start_programs(plan: Plan, local: Local, supervisor: Supervisor) -> None:
    environment = web_environment(plan, local)
    sandbox = None
    if plan.sandbox_port:
        sandbox = supervisor.keep(
            programs.start_sandbox(plan.sandbox_port, environment=sandbox_environment(plan, local), logs=local.logs)
        )
    web = supervisor.keep(programs.start_web(plan.web_port, environment=environment, logs=local.logs))
    beat = local.folder / "beat"
    supervisor.keep(
        programs.start_worker(environment=environment, logs=local.logs, beat=beat, processes=programs.WORKER_PROCESSES)
    )
    if plan.sandbox_port and sandbox:
        programs.wait_for_answer(sandbox, plan.sandbox_port)
    programs.wait_until_ready(web, plan.web_port)


def _write_addresses(plan: Plan, local: Local, sample: list[Sample]) -> None:
    local.write_json(
        "demo.json",
        {
            "url": plan.base_url,
            "sandbox_url": plan.plaid["PLAID_BASE_URL"],
            "database_url": plan.urls.owner,
            "web_database_url": plan.urls.web,
            "backup_database_url": plan.urls.backup,
            "users": [
                {
                    "email": person.email,
                    "password": person.password,
                    "role": person.role,
                    "workspace": company.slug,
                    "totp_secret": person.totp_secret,
                }
                for company in sample
                for person in company.people
            ],
        },
    )
    shell = local.folder / "demo.env"
    shell.write_text(as_shell(web_environment(plan, local)))
