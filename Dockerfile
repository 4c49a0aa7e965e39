# Consilium in a container: built from source with what ./consilium makes for a quick start, run as an ordinary user.
FROM node:22 AS node

FROM eclipse-temurin:25-jdk AS build
# libgomp1 is what the inference worker's native library needs
RUN apt-get update && apt-get install -y --no-install-recommends maven libgomp1 && rm -rf /var/lib/apt/lists/*
COPY --from=node /usr/local /usr/local
WORKDIR /src
COPY pom.xml ./
COPY expert-registry expert-registry
COPY router-service router-service
COPY aggregator aggregator
COPY mcp-tools mcp-tools
COPY inference-worker inference-worker
COPY expert-adapters expert-adapters
COPY orchestrator orchestrator
COPY bench bench
COPY admin-console admin-console
COPY docs docs
COPY README.md ./
COPY consilium ./
RUN ./consilium build && cp -a orchestrator/target/app /app

FROM eclipse-temurin:25-jdk
RUN apt-get update && apt-get install -y --no-install-recommends libgomp1 && rm -rf /var/lib/apt/lists/*
RUN useradd --system --create-home --home-dir /var/lib/consilium consilium
COPY --from=build /app /app
USER consilium
ENV CONSILIUM_HOME=/var/lib/consilium CONSILIUM_HOST=0.0.0.0 CONSILIUM_PORT=8080 CONSILIUM_WORKER_ENABLED=true
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s \
  CMD bash -c 'exec 3<>/dev/tcp/127.0.0.1/${CONSILIUM_PORT} && printf "GET /readyz HTTP/1.0\r\nHost: localhost\r\n\r\n" >&3 && head -n1 <&3 | grep -q " 200"'
ENTRYPOINT ["java", "-XX:AOTCache=/app/consilium.aot", "--add-modules", "jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED", \
  "-XX:+UseCompactObjectHeaders", "-XX:+ExitOnOutOfMemoryError", "-XX:MaxRAMPercentage=70", "-Dspring.aot.enabled=true", \
  "-jar", "/app/consilium.jar", "--consilium.console=/app/console"]
