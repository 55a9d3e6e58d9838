"""The words that records may use: a small part of what every InvenioRDM is filled with."""

from typing import Any

Rows = list[dict[str, Any]]
KINDS = {
    "dataset": "Dataset",
    "software": "Software",
    "software-computationalnotebook": "ComputationalNotebook",
    "workflow": "Workflow",
    "image-plot": "Image",
    "publication": "Text",
    "publication-article": "JournalArticle",
    "other": "Other",
}
RELATIONS = (
    "Cites", "References", "Describes", "IsDescribedBy", "IsDocumentedBy", "IsSupplementTo",
    "IsSupplementedBy", "IsDerivedFrom", "IsSourceOf", "IsCompiledBy", "Compiles", "IsVersionOf",
    "IsNewVersionOf", "IsPreviousVersionOf", "IsIdenticalTo", "IsVariantFormOf", "IsPartOf",
    "HasPart", "Requires", "IsRequiredBy", "IsCitedBy", "IsReferencedBy", "IsCollectedBy",
    "IsPublishedIn", "IsObsoletedBy", "Obsoletes",
)  # fmt: skip
ROLES = (
    "ContactPerson", "DataCollector", "DataCurator", "DataManager", "Distributor", "Editor",
    "HostingInstitution", "Other", "Producer", "ProjectLeader", "ProjectManager", "ProjectMember",
    "RegistrationAgency", "RelatedPerson", "Researcher", "ResearchGroup", "RightsHolder", "Sponsor",
    "Supervisor", "WorkPackageLeader",
)  # fmt: skip
LICENCES = ("cc-by-4.0", "cc0-1.0", "bsd-3-clause", "mit", "apache-2.0", "gpl-3.0-or-later")


def _kind(name: str, general: str) -> dict[str, Any]:
    props = {
        "csl": "dataset", "datacite_general": general, "datacite_type": "", "eurepo": "",
        "marc21_subtype": "", "marc21_type": "dataset", "openaire_resourceType": "21",
        "openaire_type": "dataset", "schema.org": "https://schema.org/Dataset",
        "subtype": name, "type": name.partition("-")[0],
    }  # fmt: skip
    tags = ["depositable", "linkable"]
    return {"id": name, "title": {"en": name}, "props": props, "tags": tags}


def _word(name: str, **props: str) -> dict[str, Any]:
    return {"id": name.lower(), "title": {"en": name}, "props": props}


def _licence(name: str) -> dict[str, Any]:
    props = {"url": f"https://spdx.org/licenses/{name}", "scheme": "spdx", "osi_approved": ""}
    titles = {"title": {"en": name}, "description": {"en": name}}
    return {"id": name, "icon": "", "tags": ["recommended"], "props": props} | titles


VOCABULARIES: dict[str, tuple[str, Rows]] = {
    "resourcetypes": ("rsrct", [_kind(*item) for item in KINDS.items()]),
    "relationtypes": ("rlt", [_word(name, datacite=name) for name in RELATIONS]),
    "licenses": ("lic", [_licence(name) for name in LICENCES]),
    "languages": (
        "lng",
        [{"id": "eng", "title": {"en": "English"}, "props": {"alpha_2": "en"}, "tags": []}],
    ),
    "titletypes": ("ttyp", [_word("alternative-title", datacite="AlternativeTitle")]),
    "descriptiontypes": (
        "dty",
        [_word("notes", datacite="Other"), _word("abstract", datacite="Abstract")],
    ),
    "datetypes": (
        "dat",
        [_word(name, datacite=name, marc="oth") for name in ("Issued", "Available", "Other")],
    ),
    "creatorsroles": ("crr", [_word(name, datacite=name, marc="oth") for name in ROLES]),
    "contributorsroles": ("cor", [_word(name, datacite=name, marc="oth") for name in ROLES]),
}
