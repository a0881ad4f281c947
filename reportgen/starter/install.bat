@echo off
chcp 65001 >nul
pushd "%~dp0"
if not exist wheelhouse (echo 没有找到 wheelhouse 文件夹：请从能联网的电脑拷来，做法见 README.md。& pause & exit /b 1)
py -m venv .venv || (echo 没有找到 Python 3.11 以上版本，请先安装。& pause & exit /b 1)
.venv\Scripts\python -m pip install --no-index --find-links wheelhouse legal-aid-reportgen || (pause & exit /b 1)
set "PATH=%~dp0.venv\Scripts;%PATH%"
if not defined REPORTGEN_LANG set "REPORTGEN_LANG=zh_CN"
reportgen doctor
pause
