"""moto's server on a port of the loopback, which plays AWS: what it was told, it tells."""

from __future__ import annotations

import re
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any
from urllib.request import Request, urlopen

import botocore.config
import botocore.session

from tests.tools import tool

REGION = "eu-west-1"
ACCOUNT = "123456789012"
MADE_UP = re.compile(r"\b(?:subnet|sg)-[0-9a-f]{8,17}\b|arn:aws:acm:[a-z0-9:-]+:certificate/[0-9a-f-]+")
"""What a spec says that is there, and so has to be."""


class Moto:
    """An account that begins empty, but for what a spec says is there: one VPC, with its subnets and groups."""

    def __init__(self, url: str) -> None:
        self._session = botocore.session.get_session()
        self._session.set_credentials("of", "nobody")
        self._url = url
        self.client = cache(self._client)
        with urlopen(Request(f"{url}/moto-api/reset", method="POST"), timeout=30):
            self.vpc: str = self.client("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        self._real: dict[str, str] = {}

    def _client(self, service: str) -> Any:
        config = botocore.config.Config(retries={"total_max_attempts": 1}, proxies={})
        return self._session.create_client(service, region_name=REGION, endpoint_url=self._url, config=config)

    def subnet(self) -> str:
        """A new one, in the next zone."""
        number = len(self.client("ec2").describe_subnets(Filters=[{"Name": "vpc-id", "Values": [self.vpc]}])["Subnets"])
        made = self.client("ec2").create_subnet(
            VpcId=self.vpc, CidrBlock=f"10.0.{number}.0/24", AvailabilityZone=f"{REGION}{'abc'[number % 3]}"
        )
        return str(made["Subnet"]["SubnetId"])

    def real(self, text: str) -> str:
        """A text with ids of the account for the made-up ones that are in it."""
        return MADE_UP.sub(lambda found: self._real_id(found[0]), text)

    def said(self, text: str) -> str:
        """The same the other way round."""
        ids = {real: said for said, real in self._real.items()}
        return MADE_UP.sub(lambda found: ids.get(found[0], found[0]), text)

    def _real_id(self, id_: str) -> str:
        if id_ not in self._real:
            group = {"VpcId": self.vpc, "GroupName": id_.partition("-")[2], "Description": "said by a spec"}
            if id_.startswith("subnet"):
                self._real[id_] = self.subnet()
            elif id_.startswith("sg"):
                self._real[id_] = self.client("ec2").create_security_group(**group)["GroupId"]
            else:
                asked = self.client("acm").request_certificate(DomainName="shop.example")
                self._real[id_] = asked["CertificateArn"]
        return self._real[id_]


@contextmanager
def server() -> Iterator[str]:
    """The address of one of one's own, ended with the block."""
    process = subprocess.Popen(
        [tool("moto"), "--host", "127.0.0.1", "--port", "0"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    said: list[str] = []
    try:
        while not (found := re.search(r"http://127\.0\.0\.1:\d+", said[-1] if said else "")):
            said.append(process.stderr.readline())
            assert said[-1], "".join(said)
        # It writes a line for each request, and would stand still with nobody to read them.
        reading = threading.Thread(target=said.extend, args=(process.stderr,), daemon=True)
        reading.start()
        yield found[0]
    finally:
        process.kill()  # it takes its time over an end
        process.wait(30)
    reading.join(30)
    process.stderr.close()
