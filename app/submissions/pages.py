"""Every page of contributions."""

from fastapi import APIRouter

from app.submissions import receipt_pages, share_pages, upload_pages

router = APIRouter(include_in_schema=False)
for part in (share_pages, receipt_pages, upload_pages):
    router.include_router(part.router)
