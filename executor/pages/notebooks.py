"""Executed notebooks as pages."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from executor.domain.notebook_page.page import make_page
from executor.domain.notebook_page.read import BYTES_AT_MOST, BadNotebookError, read_notebook
from executor.errors import NotShownError, ProductEvictedError, UnknownProductError
from executor.queries import evicted_sentence, is_kept, run_at

# Were anything of a stranger's to slip through: no script at all, not even ours, and no request.
POLICY = (
    "default-src 'none'; script-src 'none'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)


@require_safe
def notebook_page(request: HttpRequest, address: str) -> HttpResponse:
    """The notebook of a run as it was executed, with nothing in it that can act.

    Raises:
        UnknownRunError: no run has the address.
        UnknownProductError: the run keeps no notebook.
        ProductEvictedError: its bytes are not kept.
        NotShownError: the file is no notebook.
    """
    run = run_at(address)
    output = next((item for item in run.outputs.all() if item.role == "notebook"), None)
    if output is None:
        raise UnknownProductError(
            "The run keeps no executed notebook: its page lists what it keeps."
        )
    product = output.product
    if not is_kept(product):
        raise ProductEvictedError(evicted_sentence(product, run))
    if product.size > BYTES_AT_MOST:
        raise NotShownError("The notebook is too long for a page; its file can be downloaded.")
    try:
        page = make_page(read_notebook(product.read()))
    except BadNotebookError as error:
        raise NotShownError(f"The file is no notebook: {error}. It can be downloaded.") from error
    except FileNotFoundError as error:
        raise ProductEvictedError(evicted_sentence(product, run)) from error
    context = {"run": run, "version": run.version, "output": output, "page": page}
    answer = render(request, "executor/notebook.html", context)
    answer["Content-Security-Policy"] = POLICY
    return answer
