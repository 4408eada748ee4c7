# The one binary, and nothing else that could be run: no shell, no package manager, no writable file outside /data.
#
#   docker build -t glance .
#   docker run --read-only --cap-drop ALL --security-opt no-new-privileges -p 127.0.0.1:8080:8080 -v glance-data:/data \
#     -e GLANCE_PUBLIC_URL=https://glance.example.org glance
#
# `glance serve` refuses a non-loopback address (inside a container there is no other) without a GLANCE_PUBLIC_URL that
# begins with https://: a proxy that ends TLS belongs in front.

FROM rust:1.95.0-slim-bookworm AS build
WORKDIR /build
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry --mount=type=cache,target=/build/target \
    cargo build --release --locked --bin glance && install -D target/release/glance /image/glance
# What the binary loads (the C library and its loader), the public certificate authorities, and a name for the user.
RUN ldd /image/glance | grep -o '/[^ ]*' | sort -u | while read -r library; do \
      install -D "$(readlink -f "$library")" "/image$library"; done \
 && install -D -m 0644 /etc/ssl/certs/ca-certificates.crt /image/etc/ssl/certs/ca-certificates.crt \
 && install -D -m 0644 src/report/FONTS.txt /image/licenses/FONTS.txt \
 && echo 'glance:x:65532:65532::/data:/nonexistent' > /image/etc/passwd \
 && echo 'glance:x:65532:' > /image/etc/group \
 && echo 'hosts: files dns' > /image/etc/nsswitch.conf \
 && mkdir -m 0700 /data

FROM scratch
COPY --from=build /image /
COPY --from=build --chown=65532:65532 /data /data
# Temporary files (a sort that spills, a package being built) go beside the data: the root may be read-only.
ENV GLANCE_DATA=/data GLANCE_LISTEN=0.0.0.0:8080 TMPDIR=/data SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
USER 65532:65532
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["/glance", "healthcheck"]
ENTRYPOINT ["/glance"]
CMD ["serve"]
