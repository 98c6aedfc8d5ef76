"""The network's cities for programs."""

from fastapi import APIRouter
from pydantic import BaseModel

from app.network.queries import cities_of, the_network
from app.web.deps import ReadSession

router = APIRouter(prefix="/api/v1", tags=["network"])


class CityOut(BaseModel):
    """A member city; names by language tag."""

    slug: str
    names: dict[str, str]
    country: str
    time_zone: str
    languages: list[str]
    latitude: float
    longitude: float


class CitiesOut(BaseModel):
    """Every city of the network."""

    items: list[CityOut]
    next: str | None = None


@router.get("/cities")
def list_cities(session: ReadSession) -> CitiesOut:
    """The cities of the network, by slug."""
    cities = cities_of(session, the_network(session).id)
    return CitiesOut(
        items=[
            CityOut(
                slug=city.slug,
                names=dict(city.names.texts),
                country=city.country,
                time_zone=city.time_zone,
                languages=city.languages,
                latitude=city.latitude,
                longitude=city.longitude,
            )
            for city in cities
        ]
    )
