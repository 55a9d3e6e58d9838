"""A Slurm of one node on this machine, as root and without systemd, for as long as a test lasts."""

import os
import socket
import subprocess
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

UP_WITHIN = 30.0
CONTROL_PORT, NODE_PORT = 26817, 26818
CONF = """\
ClusterName=reprise
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
SlurmctldPort={control}
SlurmdPort={node}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
MpiDefault=none
ReturnToService=2
KillWait=2
SlurmdTimeout=10
SchedulerParameters=sched_min_interval=100000
NodeName={host} NodeAddr=127.0.0.1 CPUs=2 RealMemory=4000
PartitionName=short Nodes={host} Default=YES MaxTime=INFINITE State=UP
"""


class Cluster:
    """A running Slurm: ``environ`` lets its programs find it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.host = socket.gethostname().partition(".")[0]
        self.environ = os.environ | {"SLURM_CONF": str(folder / "slurm.conf")}
        self.node: subprocess.Popen | None = None

    def ask(self, *command: str) -> str:
        """What a program of Slurm prints."""
        done = subprocess.run(
            command, env=self.environ, capture_output=True, text=True, timeout=20, check=False
        )
        return done.stdout + done.stderr

    def jobs(self) -> list[str]:
        """Numbers of the jobs that wait or run."""
        return self.ask("squeue", "--noheader", "--format=%i").split()

    def start_node(self, stack: ExitStack) -> None:
        """Start the node and wait until it takes jobs."""
        command = ("/usr/sbin/slurmd", "-D", "-N", self.host)
        self.node = stack.enter_context(self.running("slurmd", *command))
        self.wait_for(lambda: self.ask("sinfo", "-h", "-o", "%T").strip() == "idle")

    def kill_node(self) -> None:
        """The node is gone, and whatever ran on it."""
        self.node.kill()
        self.node.wait()
        self.ask("scancel", "--signal=KILL", "--full", *self.jobs())
        self.ask("scontrol", "update", f"nodename={self.host}", "state=down", "reason=test")

    def wait_for(self, question, seconds: float = UP_WITHIN):
        """The first true answer to a question, asked again and again."""
        until = time.monotonic() + seconds
        while not (answer := question()) and time.monotonic() < until:
            time.sleep(0.2)
        assert answer, (self.folder / "log").read_text()[-3000:]
        return answer

    @contextmanager
    def running(self, _name, *command):
        """A program of the cluster, ended at last."""
        with (
            (self.folder / "log").open("ab") as log,
            subprocess.Popen(command, env=self.environ, stdout=log, stderr=log) as process,
        ):
            try:
                yield process
            finally:
                process.terminate()
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    process.kill()


@contextmanager
def slurm(folder: Path):
    """A Slurm with a partition ``short``; nothing of it is left afterwards."""
    folder.mkdir()
    for name in ("state", "spool"):
        (folder / name).mkdir()
    key = folder / "munge.key"
    key.write_bytes(os.urandom(1024))
    key.chmod(0o400)
    made = Cluster(folder)
    values = {"control": CONTROL_PORT, "node": NODE_PORT, "host": made.host, "folder": folder}
    (folder / "slurm.conf").write_text(CONF.format(**values))
    munged = (
        *("/usr/sbin/munged", "--foreground", "--force", f"--key-file={key}", "--num-threads=2"),
        *(f"--socket={folder}/munge.socket", f"--pid-file={folder}/munged.pid"),
        *(f"--log-file={folder}/munged.log", f"--seed-file={folder}/munged.seed"),
    )
    with ExitStack() as stack:
        stack.enter_context(made.running("munged", *munged))
        made.wait_for((folder / "munge.socket").exists)
        stack.enter_context(made.running("slurmctld", "/usr/sbin/slurmctld", "-D"))
        made.wait_for(lambda: "UP" in made.ask("scontrol", "ping"))
        made.start_node(stack)
        try:
            yield made
        finally:
            made.ask("scancel", "--full", *made.jobs())
