# docker build -t passerelle --build-arg VERSION=v1.2.3 .
# docker run -p 8080:8080 -v passerelle:/data passerelle
#
# The image holds one static binary and nothing else, and runs as user 65532.
# The embedded database is /data/passerelle.db; for PostgreSQL set PASSERELLE_DB
# to a postgres:// URL. Other commands: docker exec CONTAINER /passerelle …
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=devel
RUN CGO_ENABLED=0 go build -trimpath -ldflags="-s -w -X main.release=$VERSION" -o /passerelle ./cmd/passerelle \
 && mkdir -m 0700 /data

FROM gcr.io/distroless/static-debian12:nonroot
ARG VERSION=devel
LABEL org.opencontainers.image.title=Passerelle org.opencontainers.image.version=$VERSION org.opencontainers.image.licenses=Apache-2.0
COPY --from=build /passerelle /passerelle
COPY --from=build --chown=65532:65532 /data /data
ENV PASSERELLE_ADDR=0.0.0.0:8080 PASSERELLE_DB=/data/passerelle.db
VOLUME /data
EXPOSE 8080
USER 65532:65532
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD ["/passerelle", "healthcheck"]
ENTRYPOINT ["/passerelle"]
CMD ["serve"]
