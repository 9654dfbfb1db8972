# docker build -t passerelle .
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
RUN CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o /passerelle ./cmd/passerelle \
 && mkdir -m 0700 /data

FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /passerelle /passerelle
COPY --from=build --chown=65532:65532 /data /data
ENV PASSERELLE_ADDR=0.0.0.0:8080 PASSERELLE_DB=/data/passerelle.db
VOLUME /data
EXPOSE 8080
USER 65532:65532
ENTRYPOINT ["/passerelle"]
CMD ["serve"]
