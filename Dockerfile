# syntax=docker/dockerfile:1
# The program in a small image of Debian 12: `make image`. docs/install.md tells how to use it.

FROM swift:6.3-bookworm AS build
WORKDIR /plumb
COPY . .
# Swift's image has no make; what else is missing `make deb` installs. The package knows what the program needs.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends make \
    && make deb \
    && mkdir /package \
    && mv .build/plumb_*.deb /package/plumb.deb

FROM debian:12-slim
RUN --mount=type=bind,from=build,source=/package,target=/package \
    apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates /package/plumb.deb \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --create-home plumb \
    && install -d -o plumb -g plumb /work
USER plumb
WORKDIR /work
ENTRYPOINT ["plumb"]
CMD ["--help"]
