"""All pages of what a campaign came to."""

from fastapi import APIRouter

from app.measure import figures_pages, report_pages

router = APIRouter()
router.include_router(figures_pages.router)
router.include_router(report_pages.router)
