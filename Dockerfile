# Consilium in a container. Builds from source; the running image holds the service without the ahead-of-time cache and the vectors
# that ./consilium makes for a quick start, and runs as an ordinary user.
FROM node:22 AS console
WORKDIR /src
COPY orchestrator/src/main/resources/io/consilium/orchestrator/api orchestrator/src/main/resources/io/consilium/orchestrator/api
COPY aggregator/src/main/resources/io/consilium/aggregator/contrast aggregator/src/main/resources/io/consilium/aggregator/contrast
COPY admin-console admin-console
RUN cd admin-console && npm ci --no-audit --no-fund && npm run build

FROM eclipse-temurin:25-jdk AS build
RUN apt-get update && apt-get install -y --no-install-recommends maven && rm -rf /var/lib/apt/lists/*
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
COPY docs docs
COPY README.md ./
RUN mvn --batch-mode --no-transfer-progress -q -DskipTests -Dspotless.check.skip -pl orchestrator -am package \
 && java -Djarmode=tools -jar orchestrator/target/orchestrator-*-exec.jar extract --destination /app \
 && mv /app/orchestrator-*.jar /app/consilium.jar

FROM eclipse-temurin:25-jdk
# libgomp1 is what the inference worker's native library needs
RUN apt-get update && apt-get install -y --no-install-recommends libgomp1 && rm -rf /var/lib/apt/lists/*
RUN useradd --system --create-home --home-dir /var/lib/consilium consilium
COPY --from=build /app /app
COPY --from=console /src/admin-console/dist /app/console
USER consilium
ENV CONSILIUM_HOME=/var/lib/consilium CONSILIUM_HOST=0.0.0.0 CONSILIUM_PORT=8080 CONSILIUM_WORKER_ENABLED=true
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s \
  CMD bash -c 'exec 3<>/dev/tcp/127.0.0.1/${CONSILIUM_PORT} && printf "GET /readyz HTTP/1.0\r\nHost: localhost\r\n\r\n" >&3 && head -n1 <&3 | grep -q " 200"'
ENTRYPOINT ["java", "--add-modules", "jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED", \
  "-XX:+UseCompactObjectHeaders", "-XX:+ExitOnOutOfMemoryError", "-XX:MaxRAMPercentage=70", "-jar", "/app/consilium.jar", "--consilium.console=/app/console"]
