"""Which rows of a table belong to these people or enterprises? Read from the paths of `contents`."""

from sqlalchemy import Select, or_, select

from score_web.core.db import Base
from score_web.privacy.contents import Part


def belonging(part: Part, parts: tuple[Part, ...], owners) -> Select:
    """`owners`: ids, or a select of ids."""
    table = Base.metadata.tables[part.table]
    query = select(table)
    if part.only:
        query = query.where(table.c[part.only[0]] == part.only[1])
    if part.through:
        above = next(one for one in parts if one.table == part.through)
        owners = belonging(above, parts, owners).with_only_columns(*Base.metadata.tables[above.table].primary_key.columns)
    return query.where(or_(*(table.c[column].in_(owners) for column in part.by)))
