"""Where credentials are found, compared with boto3 on the same files and environment; each
provider against a service that speaks its protocol."""

import hashlib
import json
import os
import subprocess
import sys
import threading
import unittest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import cloud
from harness import REGION, ProgramTest, run_statewire

BOTO3 = """
import botocore.session, json
try:
    found = botocore.session.get_session().get_credentials()
    print(json.dumps(found and [found.method, found.get_frozen_credentials().access_key]))
except Exception as error:
    print(json.dumps(["error", type(error).__name__]))
"""
LATER = "2037-01-01T00:00:00Z"


def masked(key):
    return f"{key[:4]}…{key[-4:]}"


def keys(name):
    return f"aws_access_key_id = AKIA{name:_<16}\naws_secret_access_key = secret-of-{name}\n"


class Services:
    """STS, the SSO portal, a container's agent and an instance's metadata, in one server."""

    def __init__(self):
        self.seen = []
        services = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *arguments):
                pass

            def handle_one(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                services.seen.append(f"{self.command} {self.path} {body}")
                status, answer = services.answer(self.command, self.path, body, self.headers)
                data = answer.encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_PUT = handle_one

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    @staticmethod
    def document(name, secret="SecretAccessKey", token="Token"):
        return json.dumps(
            {"Code": "Success", "AccessKeyId": f"ASIA{name:_<16}", secret: "s", token: "t",
             "Expiration": LATER, "Type": "AWS-HMAC", "LastUpdated": "2026-01-01T00:00:00Z"}
        )

    def answer(self, method, path, body, headers):
        if path == "/latest/api/token":
            return (200, "imds-token") if method == "PUT" else (405, "")
        if path.startswith("/latest/meta-data/iam/security-credentials/"):
            if headers.get("x-aws-ec2-metadata-token") != "imds-token":
                return 401, ""
            return (200, "web-role") if path.endswith("/") else (200, self.document("INSTANCE"))
        if path == "/agent":
            allowed = headers.get("Authorization") == "agent-token"
            return (200, self.document("CONTAINER")) if allowed else (401, "{}")
        if path.startswith("/federation/credentials"):
            return 200, json.dumps(
                {"roleCredentials": {"accessKeyId": "ASIASSO_____________", "secretAccessKey": "s",
                                     "sessionToken": "t", "expiration": 2114380800000}}
            )
        return self.answer_sts(body)

    @staticmethod
    def answer_sts(body):
        action = body.split("Action=")[1].split("&")[0]
        if action == "GetCallerIdentity":
            return 200, (
                "<GetCallerIdentityResponse><GetCallerIdentityResult>"
                "<Arn>arn:aws:iam::123456789012:user/me</Arn><UserId>AIDA</UserId>"
                "<Account>123456789012</Account></GetCallerIdentityResult>"
                "</GetCallerIdentityResponse>"
            )
        role = body.split("role%2F")[1].split("&")[0].upper()
        return 200, (
            f'<{action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><{action}Result>'
            f"<Credentials><AccessKeyId>ASIA{role:_<16}</AccessKeyId><SecretAccessKey>s"
            f"</SecretAccessKey><SessionToken>t</SessionToken><Expiration>{LATER}</Expiration>"
            f"</Credentials><AssumedRoleUser><Arn>arn:aws:sts::123456789012:assumed-role/r/s</Arn>"
            f"<AssumedRoleId>A:s</AssumedRoleId></AssumedRoleUser></{action}Result>"
            f"</{action}Response>"
        )


class Credentials(ProgramTest):
    def setUp(self):
        super().setUp()
        self.services = Services()
        self.addCleanup(self.services.close)
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ENDPOINT_URL": self.services.url,
            "AWS_EC2_METADATA_SERVICE_ENDPOINT": self.services.url,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def files(self, config="", credentials=""):
        (self.folder / ".aws").mkdir(exist_ok=True)
        (self.folder / ".aws" / "config").write_text(config)
        (self.folder / ".aws" / "credentials").write_text(credentials)

    def whoami(self, *arguments):
        answer = run_statewire(
            "aws", "whoami", "--output", "json", *arguments, environment=self.environment,
            folder=self.folder,
        )
        self.assertEqual(answer.stderr, "")
        return json.loads(answer.stdout)

    def boto3(self):
        answer = subprocess.run(
            [sys.executable, "-c", BOTO3], env=self.environment, capture_output=True, text=True,
            timeout=60, check=True,
        )
        return json.loads(answer.stdout)

    def agree(self, provider, key):
        """Both find this key by this provider."""
        self.assertEqual(self.boto3(), [provider, key])
        mine = self.whoami()
        self.assertEqual(mine.get("provider"), provider, mine)
        self.assertEqual(mine["access_key"], masked(key))
        self.assertEqual(mine["account"], "123456789012")

    def both_refuse(self):
        theirs = self.boto3()
        self.assertTrue(theirs is None or theirs[0] == "error", theirs)
        mine = self.whoami()
        self.assertIn("problem", mine)
        return mine["problem"]

    def test_the_order_of_the_chain_is_that_of_boto3(self):
        """All are configured; from the first on, one after the other is taken away."""
        sso = "sso_start_url = https://x/start\nsso_region = eu-west-1\n" \
              "sso_account_id = 123456789012\nsso_role_name = Reader\n"
        cache = self.folder / ".aws" / "sso" / "cache"
        cache.mkdir(parents=True)
        name = hashlib.sha1(b"https://x/start").hexdigest()
        (cache / f"{name}.json").write_text(
            json.dumps({"accessToken": "a", "expiresAt": LATER, "startUrl": "https://x/start",
                        "region": "eu-west-1"})
        )
        process = self.write(
            "process.sh",
            'echo \'{"Version":1,"AccessKeyId":"ASIAPROCESS_________","SecretAccessKey":"s",'
            '"SessionToken":"t","Expiration":"' + LATER + '"}\'\n',
        )
        role = "role_arn = arn:aws:iam::123456789012:role/assumed\nsource_profile = base\n"
        base = "[profile base]\n" + keys("BASE")
        run = f"credential_process = /bin/sh {process}\n"
        self.environment |= {
            "AWS_ACCESS_KEY_ID": "AKIAENV_____________",
            "AWS_SECRET_ACCESS_KEY": "s",
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{self.services.url}/agent",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN": "agent-token",
        }
        del self.environment["AWS_EC2_METADATA_DISABLED"]
        everything = "[default]\n" + role + sso + run + keys("CONFIG") + base
        self.files(everything, "[default]\n" + keys("SHARED"))
        self.agree("env", "AKIAENV_____________")
        del self.environment["AWS_ACCESS_KEY_ID"], self.environment["AWS_SECRET_ACCESS_KEY"]
        self.agree("assume-role", "ASIAASSUMED_________")
        token = self.write("token", "a.b.c")
        web = f"role_arn = arn:aws:iam::123456789012:role/web\nweb_identity_token_file = {token}\n"
        self.files("[default]\n" + web + sso + run + keys("CONFIG"), "[default]\n" + keys("SHARED"))
        self.agree("assume-role-with-web-identity", "ASIAWEB_____________")
        self.files("[default]\n" + sso + run + keys("CONFIG"), "[default]\n" + keys("SHARED"))
        self.agree("sso", "ASIASSO_____________")
        self.files("[default]\n" + run + keys("CONFIG"), "[default]\n" + keys("SHARED"))
        self.agree("shared-credentials-file", "AKIASHARED__________")
        self.files("[default]\n" + run + keys("CONFIG"))
        self.agree("custom-process", "ASIAPROCESS_________")
        self.files("[default]\n" + keys("CONFIG"))
        self.agree("config-file", "AKIACONFIG__________")
        self.files()
        self.agree("container-role", "ASIACONTAINER_______")
        del self.environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"]
        self.agree("iam-role", "ASIAINSTANCE________")
        self.environment["AWS_EC2_METADATA_DISABLED"] = "true"
        self.both_refuse()

    def test_profiles_are_chosen_alike(self):
        self.files(
            "[default]\n" + keys("DEFAULT") + "[profile one]\n" + keys("ONE")
            + "[profile two]\nrole_arn = arn:aws:iam::123456789012:role/second\n"
            "source_profile = three\n[profile three]\n"
            "role_arn = arn:aws:iam::123456789012:role/first\nsource_profile = one\n"
        )
        self.agree("config-file", "AKIADEFAULT_________")
        self.environment["AWS_PROFILE"] = "one"
        self.agree("config-file", "AKIAONE_____________")
        self.environment["AWS_PROFILE"] = "two"
        self.agree("assume-role", "ASIASECOND__________")
        self.environment["AWS_DEFAULT_PROFILE"] = "one"
        self.agree("config-file", "AKIAONE_____________")

    def test_an_own_source_profile_and_sources_by_name(self):
        self.files(
            "[default]\nrole_arn = arn:aws:iam::123456789012:role/self\nsource_profile = default\n"
            + keys("SELF")
        )
        self.agree("assume-role", "ASIASELF____________")
        self.files(
            "[default]\nrole_arn = arn:aws:iam::123456789012:role/boxed\n"
            "credential_source = Ec2InstanceMetadata\n"
        )
        del self.environment["AWS_EC2_METADATA_DISABLED"]
        self.agree("assume-role", "ASIABOXED___________")

    def test_web_identity_of_the_environment(self):
        self.environment["AWS_WEB_IDENTITY_TOKEN_FILE"] = str(self.write("token", "a.b.c"))
        self.environment["AWS_ROLE_ARN"] = "arn:aws:iam::123456789012:role/pod"
        self.environment["AWS_ROLE_SESSION_NAME"] = "mine"
        self.files("", "[default]\n" + keys("SHARED"))
        self.agree("assume-role-with-web-identity", "ASIAPOD_____________")
        self.assertTrue(any("RoleSessionName=mine" in each for each in self.services.seen))

    def test_the_same_is_refused(self):
        self.files("[default]\nrole_arn = arn:aws:iam::123456789012:role/a\n" + keys("X"))
        self.assertIn("source_profile", self.both_refuse())
        self.files("[default]\nrole_arn = arn:aws:iam::123456789012:role/a\n"
                   "source_profile = none\n")
        self.assertIn("none does not exist", self.both_refuse())
        self.files("[default]\naws_access_key_id = AKIAONLY____________\n")
        self.assertIn("no aws_secret_access_key", self.both_refuse())
        self.files("[default]\ncredential_process = /bin/false\n" + keys("X"))
        self.assertIn("/bin/false ended with status 1", self.both_refuse())
        self.files()
        self.environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "http://192.0.2.1/agent"
        self.assertIn("neither https nor", self.both_refuse())

    def test_whoami_tells_people_what_was_looked_at_and_no_secret(self):
        self.files("", "[default]\n" + keys("SHARED"))
        answer = run_statewire("aws", "whoami", environment=self.environment, folder=self.folder)
        self.assertEqual(answer.returncode, 0, answer.stderr)
        self.assertRegex(answer.stdout, r"env +nothing +AWS_ACCESS_KEY_ID is not set")
        self.assertRegex(answer.stdout, r"shared-credentials-file +found +.*default\], key AKIA…")
        self.assertIn("arn:aws:iam::123456789012:user/me", answer.stdout)
        self.assertNotIn("secret-of", answer.stdout)
        self.files()
        answer = run_statewire("aws", "whoami", environment=self.environment, folder=self.folder)
        self.assertEqual(answer.returncode, 1)
        self.assertIn("no AWS credentials were found", answer.stderr)

    def test_a_role_can_be_tried(self):
        self.files("", "[default]\n" + keys("SHARED"))
        mine = self.whoami("--role", "arn:aws:iam::123456789012:role/reader")
        self.assertEqual(mine["access_key"], masked("ASIAREADER__________"))
        self.assertEqual(mine["provider"], "assume-role")


class Moto(cloud.CloudTest):
    def test_whoami_asks_sts(self):
        answer = run_statewire(
            "aws", "whoami", "--output", "json",
            environment=dict(os.environ, **self.surroundings(AWS_ENDPOINT_URL=self.moto.url,
                                                             **cloud.KEYS)),
        )
        mine = json.loads(answer.stdout)
        theirs = self.moto.client("sts").get_caller_identity()
        self.assertEqual((mine["account"], mine["arn"], mine["user_id"]),
                         (theirs["Account"], theirs["Arn"], theirs["UserId"]))


if __name__ == "__main__":
    unittest.main()
