"""Sites that are not this machine: batch systems, through parsl.

``parsl_site`` submits a job and follows it; ``side`` is what both ends of it share, a folder;
``node`` is what runs on the node of the cluster. Nothing here is imported with the package: the
node needs only its own part, and who has no batch system needs none.
"""
